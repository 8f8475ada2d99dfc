"""Updates that MXNet keeps in contrib: GroupAdaGrad, and AdamW of Symbols."""

import numpy as np
import pytest

import mxlite as mx

nd = mx.nd


@pytest.mark.parametrize("shape", [(3,), (3, 1), (3, 1, 1)])
def test_group_adagrad_by_its_definition(shape, rng):
    weight, grad = rng.standard_normal((2, 3, 4, 2))
    history = [1, 2, 3]
    state = nd.array(np.reshape(history, shape), dtype="float64")
    out = nd.contrib.group_adagrad_update(
        nd.array(weight, dtype="float64"), nd.array(grad, dtype="float64"), state, lr=0.5,
        rescale_grad=2.0, clip_gradient=1.5, epsilon=0.25)
    g = np.clip(2 * grad, -1.5, 1.5)
    new = history + np.square(g).mean((1, 2))
    np.testing.assert_allclose(state.asnumpy().ravel(), new, rtol=1e-12)
    want = weight - 0.5 * g / np.sqrt(new + 0.25)[:, None, None]
    np.testing.assert_allclose(out.asnumpy(), want, rtol=1e-12)


@pytest.mark.parametrize(("shapes", "message"), [
    ([(3, 2), (3, 1), (3,)], r"grad must have shape \(3, 2\), as weight has; got \(3, 1\)"),
    ([(3, 2), (3, 2), (2,)], r"history must have shape \(3,\), a number a row of weight; got"),
    ([(3, 2), (3, 2), (3, 2)], r"history must have shape \(3,\), a number a row of weight; got")])
def test_group_adagrad_of_other_shapes(shapes, message):
    with pytest.raises(ValueError, match=f"contrib.group_adagrad_update: {message}"):
        nd.contrib.group_adagrad_update(*map(nd.ones, shapes), lr=0.1)


@pytest.mark.parametrize("is_number", [True, False])
def test_adamw_of_symbols(is_number, rng):
    names = ["weight", "grad", "mean", "var"]
    arrays = {name: nd.array(rng.uniform(0.5, 1, 3)) for name in names}
    copies = [array.copy() for array in arrays.values()]
    scale = 0.5 if is_number else mx.sym.var("scale")
    step = mx.sym.contrib.adamw_update(*map(mx.sym.var, names), scale, lr=0.1, eta=0.5, wd=0.01,
                                       name="step")
    assert step.list_outputs() == ["step_output"]
    executor = step.bind(mx.cpu(), {name: arrays[name] for name in ("weight", "grad")} | (
        {} if is_number else {"scale": nd.array([0.5])}),
        aux_states={name: arrays[name] for name in ("mean", "var")})
    got, = executor.forward()
    want = nd.contrib.adamw_update(*copies, 0.5, lr=0.1, eta=0.5, wd=0.01)
    np.testing.assert_array_equal(got.asnumpy(), want.asnumpy())
    np.testing.assert_array_equal(arrays["mean"].asnumpy(), copies[2].asnumpy())


def test_adamw_of_symbols_of_16_bits():
    names = ["weight", "grad", "mean", "var", "weight32"]
    step = mx.sym.contrib.mp_adamw_update(*map(mx.sym.var, names), 1.0, lr=0.1, eta=0.5)
    assert step.list_arguments() == ["weight", "grad"]
    assert step.list_auxiliary_states() == ["mean", "var", "weight32"]


def test_names_of_mxnet():
    assert mx.model.get_updater is mx.optimizer.get_updater
    assert mx.optimizer.NDabs(nd.array([-2])).asscalar() == 2
