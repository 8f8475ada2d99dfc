"""The one table of what is behind Python's operators, against everything that has them."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.ops.placeholder import ShapeTracer
from mxlite.ops.python_operators import FORMS, reflected_method
from mxlite.ops.schema import REGISTRY

WITH_METHOD = [name for name, forms in FORMS.items() if forms.method]


def test_all_forms_are_operators():
    for forms in FORMS.values():
        assert {forms.array, forms.scalar, forms.reflected} <= set(REGISTRY)


@pytest.mark.parametrize("name", WITH_METHOD)
def test_arrays_agree_with_the_table(name, rng):
    forms = FORMS[name]
    a, b = [mx.nd.array(rng.integers(1, 4, (3, 4))) for _ in range(2)]
    assert equal(getattr(a, forms.method)(b), getattr(mx.nd, forms.array)(a, b))
    assert equal(getattr(a, forms.method)(2), getattr(mx.nd, forms.scalar)(a, scalar=2))
    if reflected_method(forms):
        assert equal(getattr(a, reflected_method(forms))(2),
                     getattr(mx.nd, forms.reflected)(a, scalar=2))


@pytest.mark.parametrize("name", [name for name in FORMS if hasattr(mx.nd, FORMS[name].function)])
def test_functions_agree_with_the_table(name, rng):
    forms = FORMS[name]
    a, function = mx.nd.array(rng.integers(1, 4, (3, 4))), getattr(mx.nd, forms.function)
    assert equal(function(a, a), getattr(mx.nd, forms.array)(a, a))
    assert equal(function(a, 2), getattr(mx.nd, forms.scalar)(a, scalar=2))
    assert equal(function(2, a), getattr(mx.nd, forms.reflected)(a, scalar=2))


@pytest.mark.parametrize("name", WITH_METHOD)
def test_placeholders_call_what_the_table_says(name):
    forms = FORMS[name]
    tracer = ShapeTracer(mx.nd.NDArray)
    a = tracer.placeholder(mx.nd.ones((3, 4)))
    getattr(a, forms.method)(a)
    getattr(a, forms.method)(2)
    called = [forms.array, forms.scalar]
    if reflected_method(forms):
        getattr(a, reflected_method(forms))(2)
        called.append(forms.reflected)
    assert [node.op.name for node in tracer.nodes] == called


def equal(one, other):
    return np.array_equal(one.asnumpy(), other.asnumpy())
