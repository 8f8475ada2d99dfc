"""Models of ONNX made of samples and networks, and run by ONNX Runtime."""

import onnxruntime

import mxlite as mx
from mxlite import onnx

onnxruntime.set_default_logger_severity(4)


def ran(model, feed):
    """What ONNX Runtime gives for these inputs, NumPy arrays by name; model: a path, or bytes."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names = {each.name for each in session.get_inputs()}
    return session.run(None, {name: value for name, value in feed.items() if name in names})


def graph_of(sample):
    """The operator of a sample with variables in0, in1, ..."""
    variables = [mx.sym.var(f"in{i}") for i in range(len(sample.inputs))]
    return getattr(mx.sym, sample.op)(*variables, **sample.params)


def parameters_of(sample, arrays):
    """The inputs that must be known beforehand."""
    return {"in1": arrays[1]} if sample.op == "RNN" else {}


LOSSES = {"SoftmaxOutput", "LinearRegressionOutput", "LogisticRegressionOutput",
          "MAERegressionOutput", "SVMOutput", "IdentityAttachKLSparseReg"}


def inputs_of(sample, arrays):
    """The inputs by name that a model of the sample has: labels are none."""
    read = arrays[:1] if sample.op in LOSSES else arrays
    known = parameters_of(sample, arrays)
    return {f"in{i}": array for i, array in enumerate(read) if f"in{i}" not in known}


def exported(sample, arrays, path, free=None):
    """The file of a sample; free: names of the free lengths of inputs, an array -> a tuple."""
    inputs = inputs_of(sample, arrays)
    return onnx.export_model(
        graph_of(sample), parameters_of(sample, arrays),
        [array.shape for array in inputs.values()], [array.dtype for array in inputs.values()],
        path, dynamic=free is not None,
        dynamic_input_shapes=free and [free(array) for array in inputs.values()])
