"""Operators of users that tests register."""

import mxlite as mx


class Scale(mx.operator.CustomOp):
    """data * factor + weight; counts its calls in `count`, and keeps something for backward."""

    def __init__(self, factor):
        self.factor, self.calls = factor, 0

    def forward(self, is_train, req, in_data, out_data, aux):
        assert not mx.autograd.is_recording()
        self.calls += 1
        self.kept = in_data[0] * 2
        self.assign(out_data[0], req[0], in_data[0] * self.factor + in_data[1])
        self.assign(out_data[1], req[1], float(is_train))
        aux[0][:] += 1

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        self.assign(in_grad[0], req[0], out_grad[0] * self.kept)
        self.assign(in_grad[1], req[1], out_grad[0] * 3)


@mx.operator.register("test_scale")
class ScaleProp(mx.operator.CustomOpProp):
    def __init__(self, factor="2"):
        super().__init__()
        self.factor = float(factor)

    def list_arguments(self):
        return ["data", "weight"]

    def list_outputs(self):
        return ["scaled", "mode"]

    def list_auxiliary_states(self):
        return ["count"]

    def infer_shape(self, in_shape):
        return [in_shape[0], in_shape[0]], [in_shape[0], (1,)], [(1,)]

    def create_operator(self, ctx, in_shapes, in_dtypes):
        return Scale(self.factor)


class Loss(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        self.assign(out_data[0], req[0], mx.nd.softmax(in_data[0]))

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        label = in_data[1]
        self.assign(in_grad[0], req[0], out_data[0] - label.one_hot(out_data[0].shape[1]))


@mx.operator.register("test_loss")
class LossProp(mx.operator.CustomOpProp):
    """SoftmaxOutput, written in Python."""

    def __init__(self):
        super().__init__(need_top_grad=False)

    def list_arguments(self):
        return ["data", "label"]

    def infer_shape(self, in_shape):
        return [in_shape[0], (in_shape[0][0],)], [in_shape[0]], []

    def create_operator(self, ctx, in_shapes, in_dtypes):
        return Loss()


def registered(name, forward=None, backward=None, **methods):
    """Register an operator of one input and one output made of functions of the same arguments."""
    op = type("Op", (mx.operator.CustomOp,), {
        key: value for key, value in (("forward", forward), ("backward", backward)) if value})
    methods.setdefault("create_operator", lambda self, ctx, shapes, dtypes: op())
    return mx.operator.register(name)(type("Prop", (mx.operator.CustomOpProp,), methods))
