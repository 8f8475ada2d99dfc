"""mx.nd.add and its kin, with arrays and numbers on either side."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd, sym

CASES = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
    "true_divide": np.divide, "modulo": np.mod, "power": np.power, "maximum": np.maximum,
    "minimum": np.minimum, "equal": np.equal, "not_equal": np.not_equal, "greater": np.greater,
    "greater_equal": np.greater_equal, "lesser": np.less, "lesser_equal": np.less_equal,
    "logical_and": np.logical_and, "logical_or": np.logical_or, "logical_xor": np.logical_xor,
}


@pytest.mark.parametrize("name", CASES)
def test_arrays_and_numbers(name, rng):
    a, b = rng.integers(0, 4, (2, 3)) + 0.5, rng.integers(1, 4, (3,)) + 0.5
    x, y = nd.array(a, dtype="float64"), nd.array(b, dtype="float64")
    function, oracle = getattr(nd, name), CASES[name]
    for mine, theirs in [(function(x, y), oracle(a, b)), (function(x, 1.5), oracle(a, 1.5)),
                         (function(2.5, x), oracle(2.5, a))]:
        np.testing.assert_allclose(mine.asnumpy(), theirs.astype("f8"), rtol=1e-12)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("a", "b"), [(7, 2), (-7.5, 2), (3, 3), (0, 1), (np.float64(2), 3)])
def test_two_numbers_give_a_number(name, a, b):
    result = getattr(nd, name)(a, b)
    assert isinstance(result, (int, float)) and not isinstance(result, bool)
    assert result == CASES[name](a, b)
    if CASES[name](1, 1).dtype == np.bool_:
        assert type(result) is int


def test_other_types_are_refused():
    with pytest.raises(TypeError, match="add: lhs and rhs must be NDArrays or numbers; got list"):
        nd.add([1], nd.ones(1))
    with pytest.raises(TypeError, match="power: lhs and rhs must be NDArrays or numbers; got int"):
        nd.power(2, "3")


def test_powers_of_integers_that_would_never_end_raise():
    for module in (nd, sym):
        assert module.power(2, 1023) == 2 ** 1023
        assert module.power(-3, 5) == -243
        with pytest.raises(ValueError, match=r"power: 3 \*\* 1099511627776 is larger than any flo"):
            module.power(3, 1 << 40)


@pytest.mark.parametrize("module", [mx.nd, mx.np])
def test_division_by_the_names_of_python_2(module):
    x = module.array([1, 2, 4])
    assert x.__div__(2).asnumpy().tolist() == [0.5, 1, 2]
    assert x.__div__(x).asnumpy().tolist() == [1, 1, 1]
    assert x.__rdiv__(2).asnumpy().tolist() == [2, 1, 0.5]
    assert x.__idiv__(2) is x and x.asnumpy().tolist() == [0.5, 1, 2]
