"""The operators in Python that MXNet had before CustomOp, and libraries of operators."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd
from mxlite.ndarray.custom_op import Custom


@pytest.fixture(autouse=True)
def table():
    known = dict(Custom.props)
    yield
    Custom.props.clear()
    Custom.props.update(known)


class Softmax:
    """A loss: softmax, whose gradient does not look at out_grad."""

    def list_arguments(self):
        return ["data", "label"]

    def infer_shape(self, in_shape):
        return [in_shape[0], (in_shape[0][0],)], [in_shape[0]]


class NumpySoftmax(Softmax, mx.operator.NumpyOp):
    def forward(self, in_data, out_data):
        x, y = in_data[0], out_data[0]
        y[:] = np.exp(x - x.max(axis=1, keepdims=True))
        y /= y.sum(axis=1, keepdims=True)

    def backward(self, out_grad, in_data, out_data, in_grad):
        assert out_grad == []
        in_grad[0][:] = out_data[0]
        in_grad[0][np.arange(len(in_data[1])), in_data[1].astype(int)] -= 1


class NDArraySoftmax(Softmax, mx.operator.NDArrayOp):
    def forward(self, in_data, out_data):
        out_data[0][:] = nd.softmax(in_data[0])

    def backward(self, out_grad, in_data, out_data, in_grad):
        in_grad[0][:] = out_data[0] - nd.one_hot(in_data[1], out_data[0].shape[1])


@pytest.mark.parametrize("kind", [NumpySoftmax, NDArraySoftmax])
def test_as_softmax_output(kind):
    x, labels = nd.array([[1, 2, 3], [0, 0, 5]]), nd.array([1, 2])
    results = []
    with pytest.warns(DeprecationWarning, match="PythonOp has been deprecated"):
        op = kind(need_top_grad=False)
    for symbol in (op(data=mx.sym.var("data"), name="softmax"),
                   mx.sym.SoftmaxOutput(mx.sym.var("data"), name="softmax")):
        assert symbol.list_arguments() == ["data", "softmax_label"]
        executor = symbol.simple_bind(mx.cpu(), data=(2, 3))
        output, = executor.forward(is_train=True, data=x, softmax_label=labels)
        executor.backward()
        results.append([output.asnumpy(), executor.grad_dict["data"].asnumpy()])
    for got, want in zip(*results, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-6)


def test_defaults():
    """The first input, and a gradient of 1."""
    with pytest.warns(DeprecationWarning):
        op = mx.operator.NDArrayOp()
    x, grad = nd.array([3]), nd.zeros(1)
    executor = op.get_symbol(mx.sym.var("x")).bind(mx.cpu(), {"x": x}, {"x": grad})
    assert executor.forward(is_train=True)[0].tolist() == [3]
    executor.backward([nd.array([7])])
    assert grad.tolist() == [1]


def test_libraries_are_refused(tmp_path, monkeypatch):
    (tmp_path / "lib.so").write_bytes(b"")
    (tmp_path / "lib.txt").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    for path, error, message in (
            (tmp_path / "no.so", mx.MXNetError, "there is no file '.*no.so'"),
            ("lib.so", mx.MXNetError, "path must be absolute; got 'lib.so'"),
            (str(tmp_path / "lib.txt"), mx.MXNetError, "path must end in .so or .dll"),
            (str(tmp_path / "lib.so"), NotImplementedError, "write the operator in Python"),
            (3, TypeError, "path must be a string; got int")):
        with pytest.raises(error, match=message):
            mx.library.load(path)
