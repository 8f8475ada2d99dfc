"""mx.operator: operators written in Python, called with arrays."""

import gc
import pickle

import numpy as np
import pytest
from custom_operators import registered

import mxlite as mx
from mxlite import autograd, nd
from mxlite.ndarray.custom_op import Custom


@pytest.fixture(autouse=True)
def table():
    """What a test registers leaves the table after it."""
    known = dict(Custom.props)
    yield
    Custom.props.clear()
    Custom.props.update(known)


def variable(values):
    x = nd.array(values)
    x.attach_grad()
    return x


def scale(x, w, count, **params):
    return nd.Custom(x, w, count, op_type="test_scale", **params)


def test_outputs_states_and_gradients():
    x, w, count = variable([1, 2]), variable([5, 5]), nd.zeros(1)
    with autograd.record():
        scaled, mode = scale(x, w, count, factor=4)
    scaled.backward(nd.array([1, 10]))
    assert scaled.tolist() == [9, 13] and mode.tolist() == [1] and count.tolist() == [1]
    assert x.grad.tolist() == [2, 40] and w.grad.tolist() == [3, 30]
    assert scale(x, w, count)[1].tolist() == [0]        # not training


def test_each_call_has_an_operator_of_its_own():
    """What forward keeps is that of its own call."""
    x, w = variable([1]), nd.zeros(1)
    with autograd.record():
        y = scale(x, w, nd.zeros(1))[0]
        z = scale(y, w, nd.zeros(1))[0]
    z.backward()
    assert x.grad.tolist() == [(2 * 1) * (2 * 2)]


def test_arrays_by_name_and_out():
    out = [nd.zeros(1), nd.zeros(1)]
    result = nd.Custom(count=nd.zeros(1), weight=nd.ones(1), data=nd.ones(1), op_type="test_scale",
                       out=out, name="ignored")
    assert out[0].tolist() == [3] and [each.tolist() for each in result] == [[3], [0]]


def test_grad_req_add_and_retain_graph():
    x = variable([1, 2])
    x.attach_grad("add")
    with autograd.record():
        y = scale(x, nd.zeros(2), nd.zeros(1))[0]
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [4, 8]


def test_requirements_of_gradients():
    seen = []

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        seen.append((req, in_grad[1].shape))
        self.assign(in_grad[0], req[0], out_grad[0])
        self.assign(in_grad[1], req[1], out_grad[0])

    registered("test_req", lambda self, is_train, req, in_data, out_data, aux: seen.append(req),
               backward, list_arguments=lambda self: ["a", "b"])
    x = variable([1])
    with autograd.record():
        y = nd.Custom(x, nd.ones(1), op_type="test_req")
    y.backward()
    assert seen == [["write"], (["write", "null"], (1,))] and x.grad.tolist() == [1]


@pytest.mark.parametrize("req, want", [("write", [3]), ("inplace", [3]), ("add", [4]),
                                       ("null", [1])])
def test_assign(req, want):
    array = nd.ones(1)
    mx.operator.CustomOp().assign(array, req, 3)
    assert array.tolist() == want


def test_what_backward_does_not_declare_is_not_kept():
    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        assert out_data[0].shape == () and out_grad[0].shape == (2,)
        in_grad[0][:] = in_data[0] * 2

    registered("test_needs", None, backward, declare_backward_dependency=lambda self, out_grad,
               in_data, out_data: [*in_data, *out_grad])
    x = variable([1, 2])
    with autograd.record():
        y = nd.Custom(x, op_type="test_needs")
    y.backward()
    assert x.grad.tolist() == [2, 4]


def test_reading_what_was_not_declared():
    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        in_grad[0][:] = out_grad[0].asnumpy()

    registered("test_undeclared", None, backward, __init__=lambda self:
               mx.operator.CustomOpProp.__init__(self, need_top_grad=False))
    x = variable([1])
    with autograd.record():
        y = nd.Custom(x, op_type="test_undeclared")
    with pytest.raises(mx.MXNetError, match=r"Custom 'test_undeclared': out_grad\[0\] is not among "
                       "what declare_backward_dependency returned"):
        y.backward()


def test_arrays_written_to_before_backward():
    x = variable([1])
    with autograd.record():
        y = scale(x * 1, nd.zeros(1), nd.zeros(1))[0]
        w = nd.zeros(1)
        z = scale(x, w, nd.zeros(1))[0]
    w[:] = 2
    y.backward()
    with pytest.raises(mx.MXNetError, match=r"test_scale': in_data\[1\] was written to after"):
        z.backward()


def test_second_order_raises():
    x = variable([1])
    with autograd.record():
        y = scale(x, nd.zeros(1), nd.zeros(1))[0]
        first = autograd.grad(y, x, create_graph=True, retain_graph=True)[0]
    assert first.tolist() == [2]
    with pytest.raises(mx.MXNetError, match="Custom 'test_scale' has no second derivative"):
        first.backward()


def test_dtypes():
    seen = []
    registered("test_types", infer_type=lambda self, types: seen.append(types) or (
        types, ["int32"], []), create_operator=lambda self, ctx, shapes, dtypes: seen.append(
            (ctx, shapes, dtypes)) or mx.operator.CustomOp())
    y = nd.Custom(nd.ones((2, 3), dtype="float64"), op_type="test_types")
    assert y.dtype == np.int32
    assert seen == [[np.float64], (mx.cpu(), [[2, 3]], [1])]


def test_operators_without_inputs():
    registered("test_none", lambda self, is_train, req, in_data, out_data, aux: self.assign(
        out_data[0], req[0], 7), list_arguments=lambda self: [],
        infer_shape=lambda self, shapes: ([], [(2,)]), infer_type=lambda self, types: (
            [], [np.float32]))
    with autograd.record():
        assert nd.Custom(op_type="test_none").tolist() == [7, 7]
    assert mx.sym.Custom(op_type="test_none").eval()[0].tolist() == [7, 7]


@pytest.mark.parametrize("kind", [AssertionError, KeyError, ZeroDivisionError, OSError])
def test_errors_of_users_keep_type_and_text(kind):
    """They are MXNetErrors, too, as MXNet makes them."""
    def forward(self, is_train, req, in_data, out_data, aux):
        raise kind("my own text")

    registered("test_raises", forward)
    for call in (lambda: nd.Custom(nd.ones(1), op_type="test_raises"),
                 lambda: mx.sym.Custom(mx.sym.var("x"), op_type="test_raises").eval(x=nd.ones(1))):
        with pytest.raises(kind) as info:
            call()
        assert str(info.value) == str(kind("my own text")) and isinstance(info.value, mx.MXNetError)
        assert type(info.value).__name__ == kind.__name__
        assert any(entry.name == "forward" for entry in info.traceback)


def test_errors_of_users_are_pickled_as_their_own():
    def forward(self, is_train, req, in_data, out_data, aux):
        error = KeyError("a", 3)
        error.note = "kept"
        raise error

    registered("test_pickled", forward)
    with pytest.raises(KeyError) as info:
        nd.Custom(nd.ones(1), op_type="test_pickled")
    again = pickle.loads(pickle.dumps(info.value))
    assert type(again) is KeyError and again.args == ("a", 3) and again.note == "kept"


def test_errors_in_other_methods_of_users():
    class Strange(Exception):
        def __init__(self, a, b):
            super().__init__(f"{a} and {b}")
            self.a = a

    def wrong(*args, **kwargs):
        raise Strange(1, 2)

    registered("test_backward", None, wrong)
    registered("test_shape", infer_shape=wrong)
    registered("test_init", __init__=wrong)
    x = variable([1])
    with autograd.record():
        y = nd.Custom(x, op_type="test_backward")
    for call in (y.backward, lambda: nd.Custom(x, op_type="test_shape"),
                 lambda: nd.Custom(x, op_type="test_init"),
                 lambda: mx.sym.Custom(mx.sym.var("x"), op_type="test_shape").infer_shape(x=(1,))):
        with pytest.raises(Strange, match="1 and 2") as info:
            call()
        assert info.value.a == 1 and isinstance(info.value, mx.MXNetError)


ERRORS = {
    "no op_type": (lambda x: nd.Custom(x), TypeError, "Custom: missing parameter 'op_type'"),
    "unknown": (lambda x: nd.Custom(x, op_type="test_scal"), ValueError,
                "no operator 'test_scal' is registered; .*did you mean 'test_scale'"),
    "missing": (lambda x: nd.Custom(x, op_type="test_scale"), TypeError,
                "Custom 'test_scale': missing input 'weight'"),
    "too many": (lambda x: nd.Custom(x, x, x, x, op_type="test_scale"), TypeError,
                 "takes 3 arrays, data, weight, count; got 4"),
    "twice": (lambda x: nd.Custom(x, data=x, op_type="test_scale"), TypeError,
              "got two values for 'data'"),
    "no input": (lambda x: nd.Custom(x, wieght=x, op_type="test_scale"), TypeError,
                 "there is no input 'wieght'; .*did you mean 'weight'"),
    "no array": (lambda x: nd.Custom(3, x, x, op_type="test_scale"), TypeError,
                 "each input must be an NDArray; got int"),
    "shape": (lambda x: nd.Custom(x, nd.ones(3), x, op_type="test_scale"), ValueError,
              r"Custom 'test_scale': weight must have shape \(1,\); got \(3,\)"),
    "state": (lambda x: nd.Custom(x, x, nd.ones(3), op_type="test_scale"), ValueError,
              r"count must have shape \(1,\); got \(3,\)"),
    "dtype": (lambda x: nd.Custom(x, x, nd.ones(1, dtype="int32"), op_type="test_scale"), TypeError,
              "Custom 'test_scale': count must have dtype float32; got int32"),
    "devices": (lambda x: nd.Custom(x, nd.ones(1, ctx=mx.cpu(1)), x, op_type="test_scale"),
                ValueError, r"all arrays must be on one device; got cpu\(0\) and cpu\(1\)"),
    "out": (lambda x: nd.Custom(x, x, x, op_type="test_scale", out=x), ValueError,
            "out must hold 2 arrays; got 1"),
    "name": (lambda x: mx.operator.register(3), TypeError, "reg_name must be a string, .* got 3"),
    "class": (lambda x: mx.operator.register("a")(3), TypeError,
              "what is registered must be a subclass of CustomOpProp; got 3"),
}


@pytest.mark.parametrize("title", ERRORS)
def test_errors(title):
    call, error, message = ERRORS[title]
    with pytest.raises(error, match=message) as info:
        call(nd.ones(1))
    assert isinstance(info.value, mx.MXNetError)


ANSWERS = {
    "no lists": ({"infer_shape": lambda self, shapes: 3}, "infer_shape must return 2 or 3 lists"),
    "four": ({"infer_shape": lambda self, shapes: ([], [], [], [])}, "must return 2 or 3 lists"),
    "inputs": ({"infer_shape": lambda self, shapes: ([], [(1,)])}, "must return 1 entries for in"),
    "outputs": ({"infer_shape": lambda self, shapes: (shapes, [])}, "return 1 entries for outputs"),
    "states": ({"infer_shape": lambda self, shapes: (shapes, shapes, shapes)},
               "must return 0 entries for auxiliary states"),
    "no shape": ({"infer_shape": lambda self, shapes: (shapes, [3])},
                 "infer_shape must return shapes, lists of integers"),
    "types": ({"infer_type": lambda self, types: (types, [])}, "infer_type must return 1 entries"),
    "strings": ({"list_outputs": lambda self: [3]}, "list_outputs must return strings; got .3"),
}


@pytest.mark.parametrize("title", ANSWERS)
def test_answers_that_do_not_fit(title):
    methods, message = ANSWERS[title]
    registered("test_answer", **methods)
    with pytest.raises(mx.MXNetError, match=f"Custom 'test_answer': .*{message}"):
        nd.Custom(nd.ones(1), op_type="test_answer")


def test_a_name_that_is_registered_again():
    registered("test_twice")
    with pytest.warns(UserWarning, match="the operator 'test_twice' replaces one of this name"):
        registered("test_twice")


def test_nothing_is_kept_after_backward():
    from mxlite.device import host

    x, w, count = variable([1.0] * 1000), nd.zeros(1000), nd.zeros(1)
    for _ in range(3):
        with autograd.record():
            y = scale(x, w, count)[0]
        y.backward()
        del y
    gc.collect()
    before = host.memory_info()["live"]
    with autograd.record():
        scale(x, w, count)
    gc.collect()
    assert host.memory_info()["live"] <= before     # what an earlier test left may go


def test_an_operator_is_pickled_by_its_name():
    op = pickle.loads(pickle.dumps(Custom.make({"op_type": "test_scale", "factor": "3"})))
    assert op.prop.factor == 3 and repr(op) == "_custom(op_type='test_scale')"


def test_what_operators_there_are():
    names = mx.operator.get_all_registered_operators()
    assert {"Custom", "Convolution", "convolution", "_foreach", "sin"} <= set(names)
    narg, arguments, types = mx.operator.get_operator_arguments("Activation")
    assert (narg, arguments) == (2, ["data", "act_type"]) and types[0] == "NDArray-or-Symbol"
    assert types[1].startswith("{'") and types[1].endswith("}, required")
    assert mx.operator.get_operator_arguments("Custom").types == ["NDArray-or-Symbol[]", "string"]
    assert "int, optional, default=1" in mx.operator.get_operator_arguments("Convolution").types
    with pytest.raises(ValueError, match="there is no operator 'Convolutoin'; did you mean"):
        mx.operator.get_operator_arguments("Convolutoin")
    with pytest.raises(TypeError, match="op_name must be a string; got 3"):
        mx.operator.get_operator_arguments(3)


def test_storage_types_are_default():
    prop = mx.operator.CustomOpProp()
    assert prop.infer_storage_type(["default"]) == (["default"], ["default"], [])
    assert prop.infer_storage_type_backward(["a"], ["b"], [], ["c"], []) == (
        ["default"], ["default"], [], ["default"], [])
