"""Kernels and networks without gradients, which runtimes for inference have too, for compare.py:
under mxlite and under MXNet 1.9.1."""

from networks_mx import LSTM_UNITS, STEPS, language_model

SIDE = 1024             # of the matrices of a million
# name -> images, channels, side, filters, kernel, stride, padding
CONVOLUTIONS = {
    "conv 64, 56^2": (8, 64, 56, 64, 3, 1, 1), "conv 256, 14^2": (8, 256, 14, 256, 3, 1, 1),
    "conv 7x7/2, 224^2": (8, 3, 224, 64, 7, 2, 3), "conv 256>128, 28^2": (8, 256, 28, 128, 1, 1, 0),
}
BATCHES, LANGUAGE_BATCHES = (1, 8), (1, 32)     # of networks
LAYERS, UNITS, HEADS, HIDDEN, LENGTH = 12, 768, 12, 3072, 128      # of an encoder like BERT-base


def encoder(mx):
    """Layers of self-attention and two products, each with a sum and a LayerNorm behind it."""
    nn = mx.gluon.nn

    class Layer(mx.gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            with self.name_scope():
                self.joined = nn.Dense(3 * UNITS, flatten=False, in_units=UNITS)
                self.out = nn.Dense(UNITS, flatten=False, in_units=UNITS)
                self.wide = nn.Dense(HIDDEN, flatten=False, in_units=UNITS)
                self.narrow = nn.Dense(UNITS, flatten=False, in_units=HIDDEN)
                self.norms = [nn.LayerNorm(in_channels=UNITS) for _ in range(2)]
                for norm in self.norms:
                    self.register_child(norm)

        def hybrid_forward(self, F, x):
            parts = F.split(self.joined(x), 3, axis=-1)
            query, key, value = [F.reshape(F.transpose(
                F.reshape(part, (0, 0, HEADS, -1)), (0, 2, 1, 3)), (-3, 0, 0)) for part in parts]
            scores = F.batch_dot(query, key, transpose_b=True) * (UNITS // HEADS) ** -0.5
            heads = F.reshape(F.batch_dot(F.softmax(scores), value), (-4, -1, HEADS, 0, 0))
            merged = F.reshape(F.transpose(heads, (0, 2, 1, 3)), (0, 0, -3))
            x = self.norms[0](x + self.out(merged))
            return self.norms[1](x + self.narrow(F.LeakyReLU(self.wide(x), act_type="gelu")))

    net = nn.HybridSequential()
    net.add(*[Layer() for _ in range(LAYERS)])
    return net


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
    networks = [(name, "images", make(classes=1000), (3, 224, 224)) for name, make in (
        ("ResNet-18", zoo.resnet18_v1), ("ResNet-50", zoo.resnet50_v1),
        ("MobileNetV2", zoo.mobilenet_v2_1_0))]
    for name, what, net, shape in (*networks, ("encoder", "texts", encoder(mx), (LENGTH, UNITS))):
        net.initialize(mx.init.Xavier())
        net.hybridize(static_alloc=True, static_shape=True)
        for size in BATCHES:
            inputs = uniform(size, *shape)
            cases[f"{name}, {size} {what}"] = (lambda net=net, x=inputs: net(x), 1)
    net = language_model(mx)
    net.hybridize(static_alloc=True, static_shape=True)
    for size in LANGUAGE_BATCHES:
        text, state = nd.ones((STEPS, size)), nd.zeros((2, size, LSTM_UNITS))
        cases[f"language model, {size} texts"] = (
            lambda text=text, state=state: net(text, state, state)[0], 4)
    return cases
