"""The kernels and networks of inference_mx.py in ONNX Runtime, as models that are written here."""

import numpy as np
from inference_mx import BATCHES, CONVOLUTIONS, LANGUAGE_BATCHES, SIDE
from networks_mx import LSTM_UNITS, STEPS, WORDS
from onnx import TensorProto, helper, numpy_helper

OPSET, IR = 17, 8


class Graph:
    """A model with one input "x", whose nodes are added one by one; weights are random."""

    def __init__(self, *shape):
        self.shape, self.nodes, self.weights = shape, [], []
        self.rng = np.random.default_rng(0)

    def node(self, kind, *inputs, **attributes):
        """The name of a node's output."""
        output = f"y{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def constant(self, values):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def weight(self, *shape):
        scale = np.prod(shape[1:]) ** -0.5
        return self.constant((self.rng.standard_normal(shape) * scale).astype("float32"))

    def conv(self, x, filters, channels, kernel, stride=1, pad=0, groups=1):
        return self.node("Conv", x, self.weight(filters, channels // groups, kernel, kernel),
                         kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4,
                         group=groups)

    def norm(self, x, channels):
        """BatchNorm."""
        scale, shift, mean, variance = [self.constant(self.rng.uniform(
            0.5, 1.5, channels).astype("float32")) for _ in range(4)]
        return self.node("BatchNormalization", x, scale, shift, mean, variance)

    def model(self, output):
        """The bytes of the model's file."""
        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            self.nodes, "graph", [value("x", TensorProto.FLOAT, self.shape)],
            [value(output, TensorProto.FLOAT, None)], self.weights)
        return helper.make_model(graph, ir_version=IR, opset_imports=[
            helper.make_opsetid("", OPSET)]).SerializeToString()

    def session(self, runtime, output):
        return runtime.InferenceSession(self.model(output), providers=["CPUExecutionProvider"])


def resnet18(graph):
    """As resnet18_v1 of the model zoo; returns the output."""
    def block(x, channels, filters, stride):
        y = graph.node("Relu", graph.norm(graph.conv(x, filters, channels, 3, stride, 1), filters))
        y = graph.norm(graph.conv(y, filters, filters, 3, 1, 1), filters)
        if stride != 1 or channels != filters:
            x = graph.norm(graph.conv(x, filters, channels, 1, stride), filters)
        return graph.node("Relu", graph.node("Add", x, y))

    x, channels = stem(graph), 64
    for filters in (64, 128, 256, 512):
        x = block(x, channels, filters, 1 if filters == 64 else 2)
        x = block(x, filters, filters, 1)
        channels = filters
    return top(graph, x, 512)


def resnet50(graph):
    """As resnet50_v1 of the model zoo; returns the output."""
    def block(x, channels, filters, stride):
        y = graph.node("Relu", graph.norm(graph.conv(x, filters // 4, channels, 1, stride),
                                          filters // 4))
        y = graph.node("Relu", graph.norm(graph.conv(y, filters // 4, filters // 4, 3, 1, 1),
                                          filters // 4))
        y = graph.norm(graph.conv(y, filters, filters // 4, 1), filters)
        if channels != filters:
            x = graph.norm(graph.conv(x, filters, channels, 1, stride), filters)
        return graph.node("Relu", graph.node("Add", x, y))

    x, channels = stem(graph), 64
    for filters, count in ((256, 3), (512, 4), (1024, 6), (2048, 3)):
        for i in range(count):
            x = block(x, channels, filters, 2 if i == 0 and filters > 256 else 1)
            channels = filters
    return top(graph, x, 2048)


def stem(graph):
    x = graph.node("Relu", graph.norm(graph.conv("x", 64, 3, 7, 2, 3), 64))
    return graph.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)


def mobilenet_v2(graph):
    """As mobilenet_v2_1_0 of the model zoo; returns the output."""
    limits = [graph.constant(np.float32(limit)) for limit in (0, 6)]

    def layer(x, filters, channels, kernel, stride=1, groups=1, is_linear=False):
        y = graph.norm(graph.conv(x, filters, channels, kernel, stride, kernel // 2, groups),
                       filters)
        return y if is_linear else graph.node("Clip", y, *limits)

    x, channels = layer("x", 32, 3, 3, 2), 32
    for factor, filters, count, stride in (
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
            (6, 160, 3, 2), (6, 320, 1, 1)):
        for i in range(count):
            step, wide = (1 if i else stride), channels * factor
            y = layer(x, wide, channels, 1)
            y = layer(y, wide, wide, 3, step, wide)
            y = layer(y, filters, wide, 1, is_linear=True)
            x = graph.node("Add", x, y) if step == 1 and channels == filters else y
            channels = filters
    return top(graph, layer(x, 1280, channels, 1), 1280)


def language_model(graph):
    """That of networks_mx.py; returns the output."""
    units = LSTM_UNITS
    words = graph.node("Cast", "x", to=TensorProto.INT64)
    x = graph.node("Gather", graph.weight(WORDS, units), words)
    for _ in range(2):
        y = graph.node("LSTM", x, graph.weight(1, 4 * units, units),
                       graph.weight(1, 4 * units, units), graph.weight(1, 8 * units),
                       hidden_size=units)
        x = graph.node("Squeeze", y, graph.constant(np.array([1])))
    return graph.node("Add", graph.node("MatMul", x, graph.weight(units, WORDS)),
                      graph.weight(WORDS))


def top(graph, x, channels):
    x = graph.node("Flatten", graph.node("GlobalAveragePool", x))
    return graph.node("Gemm", x, graph.weight(1000, channels), transB=1)


def make(runtime):
    """name -> (function of no arguments, calls a measurement)."""
    rng = np.random.default_rng(0)

    def case(graph, output, calls):
        session = graph.session(runtime, output)
        value = runtime.OrtValue.ortvalue_from_numpy(
            rng.uniform(-1, 1, graph.shape).astype("float32"))
        return lambda: session.run_with_ort_values(None, {"x": value}), calls

    def single(calls, kind, shape, *others, **attributes):
        graph = Graph(*shape)
        inputs = [graph.weight(*other) for other in others]
        return case(graph, graph.node(kind, "x", *inputs, **attributes), calls)

    square = (SIDE, SIDE)
    cases = {
        "matmul 1024": single(4, "MatMul", square, square),
        "softmax of 1M": single(10, "Softmax", square, axis=1),
        "exp of 1M": single(10, "Exp", square),
        "transpose of 1M": single(10, "Transpose", square, perm=[1, 0]),
        "row sums of 1M": case(*row_sums(), 20),
        "batch_dot": single(4, "MatMul", (64, 128, 128), (64, 128, 128)),
    }
    for name, (count, channels, side, filters, kernel, stride, pad) in CONVOLUTIONS.items():
        graph = Graph(count, channels, side, side)
        cases[name] = case(graph, graph.conv("x", filters, channels, kernel, stride, pad), 4)
    for name, build in (("ResNet-18", resnet18), ("ResNet-50", resnet50),
                        ("MobileNetV2", mobilenet_v2)):
        for size in BATCHES:
            graph = Graph(size, 3, 224, 224)
            cases[f"{name}, {size} images"] = case(graph, build(graph), 1)
    for size in LANGUAGE_BATCHES:
        graph = Graph(STEPS, size)
        cases[f"language model, {size} texts"] = case(graph, language_model(graph), 4)
    return cases, lambda: None


def row_sums():
    graph = Graph(SIDE, SIDE)
    return graph, graph.node("ReduceSum", "x", graph.constant(np.array([1])), keepdims=0)
