"""ONNX models made by hand, and runs of them by onnxruntime and by mxlite."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from onnx_runs import ran

import mxlite as mx
from mxlite.contrib.onnx import import_model

IR_VERSION = 8
DRAW = np.random.default_rng(11)
FLOAT, INT, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
UINT8, DOUBLE, HALF = TensorProto.UINT8, TensorProto.DOUBLE, TensorProto.FLOAT16


def type_of(array):
    return helper.np_dtype_to_tensor_dtype(np.asarray(array).dtype)


def model_of(nodes, inputs, outputs=("y",), opset=17, params=None, shapes=None, types=None):
    """A model of nodes. inputs: name -> array. shapes: name -> the shape that it declares, where
    that is not the array's. types: output name -> TensorProto's number; float without."""
    shapes, types = shapes or {}, types or {}
    declared = [helper.make_tensor_value_info(name, type_of(array),
                                              shapes.get(name, np.asarray(array).shape))
                for name, array in inputs.items()]
    made = [helper.make_tensor_value_info(name, types.get(name, TensorProto.FLOAT), None)
            for name in outputs]
    stored = [numpy_helper.from_array(np.asarray(array), name)
              for name, array in (params or {}).items()]
    graph = helper.make_graph(list(nodes), "net", declared, made, stored)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)],
                             ir_version=IR_VERSION)


def imported_outputs(model, feeds, is_train=False):
    """What mxlite computes."""
    symbol, args, aux = import_model(model)
    arrays = {name: mx.nd.array(np.atleast_1d(value), dtype=value.dtype)
              for name, value in feeds.items()}
    names = symbol.list_arguments()
    bound = {**args, **{name: array for name, array in arrays.items() if name in names}}
    executor = symbol.bind(mx.cpu(), bound, aux_states=aux, grad_req="null")
    return [output.asnumpy() for output in executor.forward(is_train=is_train)]


def compare(model, feeds, expected=None, tolerance=1e-5):
    """Raise unless mxlite's outputs are those of onnxruntime, or those given."""
    expected = ran(model.SerializeToString(), feeds) if expected is None else expected
    found = imported_outputs(model, feeds)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        other = np.asarray(other)
        assert one.shape == (other.shape or (1,))
        assert one.dtype == (np.float32 if other.dtype == bool else other.dtype)
        np.testing.assert_allclose(one.reshape(other.shape), other, tolerance, tolerance)


def check_dynamic(model, *all_feeds, tolerance=1e-5):
    """compare() for several feeds of one model with open lengths."""
    for feeds in all_feeds:
        compare(model, feeds, tolerance=tolerance)


def ids(cases):
    return [f"{case[0]}-{number}" for number, case in enumerate(cases)]


def check(op, inputs, attrs=None, opset=17, params=None, out=FLOAT, outputs=("y",)):
    """Compare one node. Inputs that `params` numbers are initializers, others the graph's."""
    names = [f"x{i}" if array is not None else "" for i, array in enumerate(inputs)]
    known = {names[i]: inputs[i] for i in params or () if inputs[i] is not None}
    feeds = {name: array for name, array in zip(names, inputs, strict=True)
             if name and name not in known}
    node = helper.make_node(op, names, list(outputs), name="node", **(attrs or {}))
    types = dict(zip(outputs, out if isinstance(out, tuple) else (out,), strict=True))
    compare(model_of([node], feeds, outputs, opset, known, types=types), feeds)


def draw(*shape):
    """Numbers, other ones each time."""
    return DRAW.uniform(-0.7, 0.7, shape).astype(np.float32)


def chain(node, source, axis, out):
    """Nodes that give a length as an exporter writes it: Shape, Gather, Unsqueeze."""
    return [node("Shape", [source], [f"{out}_shape"]),
            node("Constant", [], [f"{out}_axis"], value_int=axis),
            node("Gather", [f"{out}_shape", f"{out}_axis"], [f"{out}_length"], axis=0),
            node("Constant", [], [f"{out}_zero"], value_ints=[0]),
            node("Unsqueeze", [f"{out}_length", f"{out}_zero"], [out])]


def residual_net():
    """(nodes, params) of two convolutions with a way around the second, and a classifier."""
    node = helper.make_node
    params = {"w0": draw(8, 3, 3, 3), "w1": draw(8, 8, 3, 3), "b1": draw(8), "w2": draw(5, 8),
              "b2": draw(5)}
    for i in (0, 1):
        params |= {f"g{i}": draw(8), f"o{i}": draw(8), f"m{i}": draw(8), f"v{i}": np.abs(draw(8))}
    nodes = [
        node("Conv", ["x", "w0"], ["c0"], name="conv0", pads=[1, 1, 1, 1], strides=[2, 2]),
        node("BatchNormalization", ["c0", "g0", "o0", "m0", "v0"], ["n0"], name="norm0"),
        node("Relu", ["n0"], ["r0"], name="relu0"),
        node("Conv", ["r0", "w1", "b1"], ["c1"], name="conv1", pads=[1, 1, 1, 1]),
        node("BatchNormalization", ["c1", "g1", "o1", "m1", "v1"], ["n1"], name="norm1"),
        node("Add", ["n1", "r0"], ["sum"], name="sum"),
        node("GlobalAveragePool", ["sum"], ["pool"], name="pool"),
        node("Flatten", ["pool"], ["flat"], name="flat"),
        node("Gemm", ["flat", "w2", "b2"], ["y"], name="fc", transB=1)]
    return nodes, params
