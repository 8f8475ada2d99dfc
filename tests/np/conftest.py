"""mx.np and Gluon on its arrays: NumPy's semantics are on in these tests."""

import pytest

from mxlite import npx


@pytest.fixture(autouse=True)
def numpy_semantics(seeded):
    npx.set_np()
    yield
    npx.reset_np()
