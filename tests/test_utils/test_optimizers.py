"""compare_optimizer."""

import pytest

import mxlite as mx
from mxlite import test_utils as tu


def sgd(**params):
    return mx.optimizer.SGD(momentum=0.9, **params)


class Several(mx.optimizer.SGD):
    """SGD that takes lists of weights, and skips the last one if told so."""

    skipped = 0

    def update_multi_precision(self, index, weight, grad, state):
        if not isinstance(index, list):
            index, weight, grad, state = [index], [weight], [grad], [state]
        for i in range(len(index) - self.skipped):
            super().update_multi_precision(index[i], weight[i], grad[i], state[i])


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64"])
def test_equal_optimizers(dtype):
    multi = dtype == "float16"
    tu.compare_optimizer(sgd(multi_precision=multi), sgd(multi_precision=multi), (3, 4), dtype)
    adams = [mx.optimizer.Adam(multi_precision=multi) for _ in range(2)]
    tu.compare_optimizer(*adams, (5,), dtype, rtol=1e-3)


def test_unequal_optimizers():
    for other in (sgd(learning_rate=0.02), sgd(wd=0.5)):
        with pytest.raises(AssertionError, match=r"a and b differ in .* of 12 elements"):
            tu.compare_optimizer(sgd(), other, (3, 4), "float32")


def test_states_count_if_they_are_compared():
    class Other(mx.optimizer.SGD):
        """The same weights, other states."""

        def update_multi_precision(self, index, weight, grad, state):
            super().update_multi_precision(index, weight, grad, state)
            state += 1

    tu.compare_optimizer(sgd(), Other(momentum=0.9), (3,), "float32", compare_states=False)
    with pytest.raises(AssertionError, match="3 of 3"):
        tu.compare_optimizer(sgd(), Other(momentum=0.9), (3,), "float32")


def test_several_weights_in_one_call():
    shapes = [(2, 3), (4,), (1,)]
    several = Several(momentum=0.9)
    tu.compare_optimizer(sgd(), several, shapes, "float32", ntensors=3)
    several.skipped = 1
    with pytest.raises(AssertionError, match="1 of 1"):
        tu.compare_optimizer(sgd(), several, shapes, "float32", ntensors=3)


def test_errors():
    with pytest.raises(ValueError, match="must be 'default', 'row_sparse' or 'csr'; got 'coo'"):
        tu.compare_optimizer(sgd(), sgd(), (2,), "float32", w_stype="coo")
    for shape, count in (((2,), 2), ([(2,), (3,)], 1)):
        with pytest.raises(ValueError, match=f"shape must be a list of {count} shapes, as "):
            tu.compare_optimizer(sgd(), sgd(), shape, "float32", ntensors=count)
