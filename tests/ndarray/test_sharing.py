"""Which functions and methods give views of an array, and which give copies: as MXNet's do."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd

X = np.arange(24, dtype="float32").reshape(2, 3, 4) + 1

# What MXNet 1.9.1 answers; both ways, recorded and not.
VIEWS = {
    "reshape": lambda x: x.reshape((4, 6)),
    "reshape to the same": lambda x: x.reshape((2, 3, 4)),
    "reshape with codes": lambda x: x.reshape((-3, 0)),
    "reshape reversed": lambda x: x.reshape((0, -1), reverse=True),
    "expand_dims in place": lambda x: x.expand_dims(0, inplace=True),
    "flatten in place": lambda x: x.flatten(inplace=True),
    "squeeze in place": lambda x: x.reshape((1, 24)).squeeze(inplace=True),
    "x[0]": lambda x: x[0],
    "x[0:1]": lambda x: x[0:1],
    "x[0, 1:3]": lambda x: x[0, 1:3],
    "x[0, 1, 2]": lambda x: x[0, 1, 2],
    "x[:]": lambda x: x[:],
    "x[...]": lambda x: x[...],
    "x[None]": lambda x: x[None],
    "iteration": lambda x: next(iter(x)),
    "_at": lambda x: x._at(0),
    "_slice": lambda x: x._slice(0, 1),
    "T of one axis": lambda x: x.reshape(24).T,
    "detach": lambda x: x.detach(),
    "as_in_context": lambda x: x.as_in_context(mx.cpu()),
    "astype without a copy": lambda x: x.astype("float32", copy=False),
    "as_nd_ndarray": lambda x: x.as_nd_ndarray(),
    "split_data": lambda x: mx.gluon.utils.split_data(x, 2)[0],
    "split_and_load": lambda x: mx.gluon.utils.split_and_load(x, [mx.cpu()])[0],
}
COPIES = {
    "nd.reshape": lambda x: nd.reshape(x, shape=(4, 6)),
    "nd.reshape to the same": lambda x: nd.reshape(x, shape=(2, 3, 4)),
    "nd.reshape_like": lambda x: nd.reshape_like(x, nd.zeros((4, 6))),
    "x.reshape_like": lambda x: x.reshape_like(nd.zeros((4, 6))),
    "nd.flatten": lambda x: nd.flatten(x),
    "x.flatten": lambda x: x.flatten(),
    "nd.expand_dims": lambda x: nd.expand_dims(x, axis=0),
    "x.expand_dims": lambda x: x.expand_dims(0),
    "nd.squeeze": lambda x: nd.squeeze(x.reshape((1, 24))),
    "x.squeeze": lambda x: x.reshape((1, 24)).squeeze(),
    "gluon.nn.Flatten": lambda x: mx.gluon.nn.Flatten()(x),
    "gluon.nn.Dropout": lambda x: mx.gluon.nn.Dropout(0.5)(x),
    "x[:, 1]": lambda x: x[:, 1],
    "x[[0]]": lambda x: x[[0]],
    "slice": lambda x: x.slice(begin=(0,), end=(2,)),
    "slice_axis": lambda x: x.slice_axis(axis=0, begin=0, end=2),
    "slice_like": lambda x: nd.slice_like(x, nd.zeros((2, 3, 4))),
    "split": lambda x: nd.split(x, num_outputs=2, axis=0)[0],
    "split into one": lambda x: nd.split(x, num_outputs=1, axis=0),
    "swapaxes": lambda x: x.swapaxes(0, 0),
    "transpose": lambda x: x.transpose((0, 1, 2)),
    "T of a row": lambda x: x.reshape((1, 24)).T,
    "moveaxis": lambda x: nd.moveaxis(x, 0, 0),
    "broadcast_to": lambda x: x.broadcast_to((2, 3, 4)),
    "broadcast_like": lambda x: x.broadcast_like(x),
    "BlockGrad": lambda x: nd.BlockGrad(x),
    "identity": lambda x: nd.identity(x),
    "make_loss": lambda x: nd.make_loss(x),
    "astype": lambda x: x.astype("float32"),
    "copyto": lambda x: x.copyto(mx.cpu()),
    "tostype": lambda x: x.tostype("default"),
    "nd.array": lambda x: nd.array(x),
    "concat of one": lambda x: nd.concat(x, dim=0),
    "stack of one": lambda x: nd.stack(x),
    "add_n of one": lambda x: nd.add_n(x),
    "tile": lambda x: x.tile((1, 1, 1)),
    "sum of one": lambda x: x.reshape((1, 24)).sum(axis=0),
    "SequenceMask": lambda x: nd.SequenceMask(x),
}


@pytest.mark.parametrize("is_recorded", [False, True])
@pytest.mark.parametrize("name", [*VIEWS, *COPIES])
def test_a_write_reaches_the_other_array_only_through_views(name, is_recorded):
    function, is_view = (VIEWS | COPIES)[name], name in VIEWS
    x = nd.array(X)
    with mx.autograd.record() if is_recorded else mx.autograd.pause():
        y = function(x)
    y[:] = -7
    assert (x.asnumpy() == -7).any() == is_view
    x = nd.array(X)
    with mx.autograd.record() if is_recorded else mx.autograd.pause():
        y = function(x)
    before = y.asnumpy()
    x[:] = -9
    assert (y.asnumpy() != before).any() == is_view


@pytest.mark.parametrize("name, args, shape", [
    ("expand_dims", (1,), (2, 1, 1, 3)), ("expand_dims", (-1,), (2, 1, 3, 1)),
    ("flatten", (), (2, 3)), ("squeeze", (), (2, 3)), ("squeeze", (1,), (2, 3)),
    ("squeeze", (-2,), (2, 3)), ("squeeze", ((1,),), (2, 3))])
@pytest.mark.parametrize("inplace", [False, True])
def test_methods_take_inplace_and_pass_gradients(name, args, shape, inplace):
    x = nd.array(X[:, :1, :3])
    x.attach_grad()
    with mx.autograd.record():
        y = getattr(x, name)(*args, inplace=inplace)
        (y * y).sum().backward()
    assert y.shape == shape
    np.testing.assert_array_equal(x.grad.asnumpy(), 2 * x.asnumpy())


def test_inplace_within_a_hybrid_block():
    class Net(mx.gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.dense = mx.gluon.nn.Dense(2, flatten=False)

        def hybrid_forward(self, F, x):
            return self.dense(x.expand_dims(0, inplace=True))

    net = Net()
    net.initialize()
    assert net(nd.ones((3, 5))).shape == (1, 3, 2)


def test_errors_of_inplace_are_the_operators():
    x = nd.array(X)
    with pytest.raises(mx.MXNetError, match=r"squeeze: data must have shape with length 1 on axis"):
        x.squeeze(1, inplace=True)
    with pytest.raises(mx.MXNetError, match=r"expand_dims: axis must be in \[-4, 3\]"):
        x.expand_dims(9, inplace=True)
    with pytest.raises(mx.MXNetError, match=r"^reshape: shape must be of 24 items"):
        x.reshape((5, 5))
    with pytest.raises(mx.MXNetError, match=r"^reshape: shape must be a tuple of integers; got"):
        x.reshape((2.5, 3))


def test_out_may_overlap_the_input_of_a_reshape():
    x = nd.arange(6)
    nd.reshape(x[0:4], shape=(2, 2), out=x[2:6].reshape((2, 2)))
    np.testing.assert_array_equal(x.asnumpy(), [0, 1, 0, 1, 2, 3])
