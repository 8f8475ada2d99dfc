"""Which gradients are made: those that lead to variables."""

import numpy as np
import pytest

from mxlite import MXNetError, autograd, gluon, nd
from mxlite.gluon.cached_graph import CachedGraph
from mxlite.ndarray import tape
from mxlite.ndarray.sparse import products


def test_to_which_inputs_gradients_go():
    x, w, plain = nd.ones((2, 2)), nd.ones((2, 2)), nd.ones((2, 2))
    w.attach_grad()
    assert tape.gradients_wanted([w, plain]) == [False, False]          # nothing is recorded
    with autograd.record():
        made = x * 2                    # recorded, but of no variable
        assert tape.gradients_wanted([made, w, plain]) == [False, True, False]
        assert tape.gradients_wanted([made, plain]) == [True, False]
        assert tape.gradients_wanted([made, plain], True) == [False, False]
        assert tape.gradients_wanted([w * 3, made]) == [True, False]


def test_a_graph_makes_no_gradient_of_what_leads_to_no_variable(monkeypatch):
    """A convolution of data that was scaled inside record() would make that of the data, too."""
    asked = []
    operator = CachedGraph.operator
    monkeypatch.setattr(CachedGraph, "operator",
                        lambda graph, wanted: asked.append(wanted) or operator(graph, wanted))
    net = gluon.nn.Dense(3, in_units=4)
    net.initialize()
    net.hybridize()
    x = nd.ones((2, 4))
    with autograd.record():
        y = net(x / 255)
    y.backward()
    np.testing.assert_allclose(net.weight.grad().asnumpy(), 2 / 255, 1e-6)
    x.attach_grad()
    with autograd.record():
        y = net(x / 255)
    y.backward()
    np.testing.assert_allclose(x.grad.asnumpy()[0], net.weight.data().asnumpy().sum(0) / 255, 1e-5)
    assert asked == [[False, True, True], [True, True, True]]


def test_csr_matrices_that_were_computed_get_no_gradient(monkeypatch):
    """Which would be as large as the matrix if it were dense."""
    made = []
    run = products.run
    monkeypatch.setattr(products, "run", lambda name, *arrays, **params: made.append(
        (name, *[array.stype for array in arrays])) or run(name, *arrays, **params))
    matrix = nd.array(np.diag([1.0, 2, 3])).tostype("csr")
    v = nd.ones((3, 2))
    v.attach_grad(stype="row_sparse")
    with autograd.record():
        y = nd.sparse.dot(nd.sparse.square(matrix), v)
    y.backward()
    assert v.grad.stype == "row_sparse"
    np.testing.assert_array_equal(v.grad.asnumpy(), np.repeat([[1.0], [4], [9]], 2, axis=1))
    assert ("dot", "default", "default") not in made


@pytest.mark.parametrize("is_hybrid", [False, True])
def test_a_view_of_memory_that_was_written_through_another_array_is_refused(is_hybrid):
    """Graphs, too, know that its gradient is not known, and do not leave it out."""
    net = gluon.nn.Dense(2, in_units=3)
    net.initialize()
    net.hybridize(is_hybrid)
    whole, w = nd.zeros((2, 3)), nd.ones((2, 3))
    view = whole[0:1]
    w.attach_grad()
    with autograd.record():
        whole[:] = w * 2
        out = net(view)
    with pytest.raises(MXNetError, match=r"autograd.record.. by way of another array"):
        out.backward()
