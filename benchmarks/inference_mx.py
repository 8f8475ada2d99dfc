"""Kernels and networks without gradients, which runtimes for inference have too, for compare.py:
under mxlite and under MXNet 1.9.1."""

SIDE = 1024             # of the matrices of a million
# name -> images, channels, side, filters, kernel, stride, padding
CONVOLUTIONS = {
    "conv 64, 56^2": (8, 64, 56, 64, 3, 1, 1), "conv 256, 14^2": (8, 256, 14, 256, 3, 1, 1),
    "conv 7x7/2, 224^2": (8, 3, 224, 64, 7, 2, 3), "conv 256>128, 28^2": (8, 256, 28, 128, 1, 1, 0),
}
BATCHES = (1, 8)        # of networks


def inference_cases(mx, uniform):
    """name -> (function of no arguments, calls a measurement)."""
    nd, zoo = mx.nd, mx.gluon.model_zoo.vision
    square, batch = uniform(SIDE, SIDE), uniform(64, 128, 128)
    cases = {
        "softmax of 1M": (lambda: nd.softmax(square, axis=1), 10),
        "exp of 1M": (lambda: nd.exp(square), 10),
        "transpose of 1M": (lambda: nd.transpose(square), 10),
        "row sums of 1M": (lambda: nd.sum(square, axis=1), 20),
        "batch_dot": (lambda: nd.batch_dot(batch, batch), 4),
    }
    for name, (count, channels, side, filters, kernel, stride, pad) in CONVOLUTIONS.items():
        data, weight = uniform(count, channels, side, side), uniform(filters, channels, kernel,
                                                                     kernel)
        options = {"kernel": (kernel,) * 2, "stride": (stride,) * 2, "pad": (pad,) * 2,
                   "num_filter": filters, "no_bias": True}
        cases[name] = (lambda x=data, w=weight, options=options: nd.Convolution(x, w, **options), 4)
    for name, make in (("ResNet-18", zoo.resnet18_v1), ("MobileNetV2", zoo.mobilenet_v2_1_0)):
        net = make(classes=1000)
        net.initialize(mx.init.Xavier())
        net.hybridize(static_alloc=True, static_shape=True)
        for size in BATCHES:
            images = uniform(size, 3, 224, 224)
            cases[f"{name}, {size} images"] = (lambda net=net, x=images: net(x), 1)
    return cases
