"""Networks of the model zoo as tests/gluon/test_model_zoo.py and tools/record_mxnet_zoo.py ask both
libraries about them. `mx` is either of them."""

import hashlib
import zlib

import numpy as np

NAMES = """
    alexnet densenet121 densenet161 densenet169 densenet201 inceptionv3 mobilenet0.25 mobilenet0.5
    mobilenet0.75 mobilenet1.0 mobilenetv2_0.25 mobilenetv2_0.5 mobilenetv2_0.75 mobilenetv2_1.0
    resnet18_v1 resnet34_v1 resnet50_v1 resnet101_v1 resnet152_v1 resnet18_v2 resnet34_v2
    resnet50_v2 resnet101_v2 resnet152_v2 squeezenet1.0 squeezenet1.1 vgg11 vgg11_bn vgg13 vgg13_bn
    vgg16 vgg16_bn vgg19 vgg19_bn""".split()
LISTED = ("inceptionv3", "mobilenetv2_0.25", "resnet18_v1")      # recorded with all lines

# name of a case -> (function of vision, its arguments, side of the image); a block by its name
CASES = {
    "alexnet": ("alexnet", {"classes": 10}, 63),
    "densenet": ("DenseNet", {"num_init_features": 16, "growth_rate": 16, "block_config": [2, 3, 1],
                              "bn_size": 2, "dropout": 0.1, "classes": 10}, 115),
    "inception": ("inception_v3", {"classes": 10}, 299),
    "mobilenet": ("mobilenet0_25", {"classes": 10}, 64),
    "mobilenet_v2": ("mobilenet_v2_0_25", {"classes": 10}, 64),
    "mobilenet_v2 wide": ("MobileNetV2", {"multiplier": 1.1, "classes": 10}, 32),
    "resnet_v1 basic": ("resnet18_v1", {"classes": 10}, 32),
    "resnet_v1 bottleneck": ("resnet50_v1", {"classes": 10}, 33),
    "resnet_v1 thumbnail": ("ResNetV1", {"block": "BasicBlockV1", "layers": [2, 1],
                                         "channels": [8, 8, 12], "thumbnail": True,
                                         "classes": 10}, 16),
    "resnet_v2 basic": ("resnet18_v2", {"classes": 10}, 32),
    "resnet_v2 bottleneck": ("resnet50_v2", {"classes": 10}, 33),
    "resnet_v2 thumbnail": ("ResNetV2", {"block": "BottleneckV2", "layers": [2, 1],
                                         "channels": [8, 8, 12], "thumbnail": True,
                                         "classes": 10}, 16),
    "squeezenet1.0": ("squeezenet1_0", {"classes": 10}, 224),
    "squeezenet1.1": ("squeezenet1_1", {"classes": 10}, 224),
    "vgg": ("VGG", {"layers": [2, 1], "filters": [4, 6], "classes": 10}, 8),
    "vgg_bn": ("VGG", {"layers": [1, 2], "filters": [4, 6], "batch_norm": True, "classes": 10}, 8),
}


def structural_names(block, prefix=""):
    """{"features.0.weight": Parameter}, as in files of save_parameters."""
    names = {prefix + name: param for name, param in block._reg_params.items()}
    for name, child in block._children.items():
        names.update(structural_names(child, f"{prefix}{name}."))
    return names


def initializer_text(init):
    """How an initializer is written in a graph: a name, or JSON."""
    return init if init is None or isinstance(init, str) else init.dumps()


def lines(net):
    """For each parameter: name without the net's prefix, shape, grad_req and initializer; then
    all structural names with those of the parameters."""
    short = {id(param): name.removeprefix(net.prefix)
             for name, param in net.collect_params().items()}
    told = [f"{short[id(param)]} {tuple(param.shape)} {param.grad_req} "
            f"{initializer_text(param.init)}" for param in net.collect_params().values()]
    return told + [f"{name} {short[id(param)]}" for name, param in structural_names(net).items()]


def described(mx, name):
    """{"digest", "parameters", and "lines" of those in LISTED} of get_model(name)."""
    net = mx.gluon.model_zoo.vision.get_model(name)
    side = 299 if name == "inceptionv3" else 224
    net.infer_shape(mx.nd.zeros((1, 3, side, side)))
    text = lines(net)
    kept = {"parameters": len(structural_names(net)),
            "digest": hashlib.sha1("\n".join(text).encode()).hexdigest()}
    return kept | ({"lines": text} if name in LISTED else {})


def made(mx, case, dtype="float64"):
    """The network of a case, with its parameters filled, and its input."""
    vision = mx.gluon.model_zoo.vision
    function, arguments, side = CASES[case]
    net = getattr(vision, function)(**{
        key: getattr(vision, value) if key == "block" else value
        for key, value in arguments.items()})
    shape = (1 if side > 200 else 2, 3, side, side)
    x = mx.nd.array(np.random.RandomState(0).uniform(-1, 1, shape), dtype=dtype)
    net.infer_shape(mx.nd.zeros(x.shape))
    net.initialize(mx.init.Zero())
    net.cast(dtype)
    for name, param in structural_names(net).items():
        param.set_data(mx.nd.array(values(name, param.shape), dtype=dtype))
    return net, x


def values(name, shape):
    """Numbers for a parameter that keep activations at about 1, from its name alone."""
    draw = np.random.RandomState(zlib.crc32(name.encode())).random_sample(8191)
    draw = np.resize(draw, shape)
    if name.endswith("weight"):
        return (draw - 0.5) * (24 / np.prod(shape[1:])) ** 0.5
    return draw + 0.5 if name.endswith(("gamma", "var")) else draw - 0.5


def results(mx, case):
    """{name: some float64 numbers}: of the scores in prediction, and without dropout in training of
    the scores, gradients of the input and of some weights, and a running mean."""
    net, x = made(mx, case)
    found = {"predicted": net(x)}
    net.apply(without_dropout)
    x.attach_grad()
    with mx.autograd.record():
        scores = net(x)
        loss = (scores.reshape(-1) * mx.nd.arange(scores.size, dtype="float64") / 20).sum()
    loss.backward()
    found |= {"trained": scores, "input gradient": x.grad}
    params = structural_names(net)
    weights = [name for name in params if name.endswith("weight")]
    for name in (weights[0], weights[len(weights) // 2], weights[-1]):
        found[f"gradient of {name}"] = params[name].grad()
    states = [name for name in params if name.endswith("running_mean")]
    if states:
        found[f"state {states[-1]}"] = params[states[-1]].data()
    return {key: spread(array.asnumpy()) for key, array in found.items()}


def spread(array):
    """20 numbers or more, from all parts of an array."""
    return array.reshape(-1)[::(array.size // 20) | 1]


def without_dropout(block):
    """For net.apply: no random numbers in training."""
    if type(block).__name__ == "Dropout":
        block._rate = 0
