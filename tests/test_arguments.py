"""Checks of arguments, and the words of their errors."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import arguments
from mxlite.wording import listing, suggestion


@pytest.mark.parametrize(("words", "text"), [
    ([], "nothing"), (["a"], "'a'"), (["a", 2], "'a' or 2"), (("a", "b", "c"), "'a', 'b' or 'c'"),
])
def test_listings_of_words(words, text):
    assert listing(words) == text
    with pytest.raises(ValueError, match=f"^f: x must be {text}; got 'z'$"):
        arguments.check_choice("f", "x", "z", words)


LONG = list(range(1000))


@pytest.mark.parametrize(("check", "message"), [
    (lambda value: arguments.check_class("f", value), "f: only a class can be registered; got"),
    (lambda value: arguments.check_callable("f", "x", value), "f: x must be a function; got"),
    (lambda value: arguments.check_text("f", "x", value), "f: x must be a string; got"),
    (lambda value: arguments.check_choice("f", "x", value, "ab"), "f: x must be 'a' or 'b'; got"),
    (lambda value: arguments.check_count("f", "x", value, 0), "f: x must be an integer of .*; got"),
])
@pytest.mark.parametrize(("value", "text"), [
    (np.ones((30, 40)), r"ndarray of shape \(30, 40\)"), (LONG, r"\[0, 1, 2, .{,200}\.\.\.")])
def test_values_in_errors_are_short(check, message, value, text):
    with pytest.raises(mx.MXNetError, match=f"^{message} {text}$"):
        check(value)


def test_names_for_the_inside_are_not_suggested():
    assert suggestion("_mull", ["_mul", "mul"]) == "; did you mean '_mul'?"
    assert suggestion("mull", ["_mull", "mul"]) == "; did you mean 'mul'?"
    assert suggestion("plus", ["_plus"]) == ""
    with pytest.raises(AttributeError, match=r"no attribute 'module'; did you mean 'modulo'\?"):
        _ = mx.nd.module
