"""What several test files assert."""

import numpy as np


def assert_same(array, expected):
    """Equal values and dtype; NumPy's 0-d results are arrays of shape (1,) here."""
    expected = np.atleast_1d(expected)
    assert array.shape == expected.shape
    assert array.asnumpy().dtype == expected.dtype
    np.testing.assert_array_equal(array.asnumpy(), expected)
