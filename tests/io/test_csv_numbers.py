"""Numbers of CSV files: floats are rounded as Python's float and exact fractions say."""

import itertools
import locale
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mxlite.io import CSVIter

COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def parse(texts, dtype):
    Path("x.csv").write_text("\n".join(texts))
    it = CSVIter(data_csv="x.csv", data_shape=1, batch_size=len(texts), dtype=dtype)
    return next(it).data[0].asnumpy().ravel()


def nearest(text):
    """The float32 nearest to a decimal number; of two as near, that whose last bit is even."""
    exact = Fraction(text)
    about = np.float32(float(exact))
    near = [np.nextafter(about, np.float32(way)) for way in (-np.inf, np.inf)] + [about]
    return min((value for value in near if np.isfinite(value)),
               key=lambda value: (abs(Fraction(float(value)) - exact), value.view("int32") & 1))


def assert_same(numbers, expected):
    np.testing.assert_array_equal(numbers, expected)
    np.testing.assert_array_equal(np.signbit(numbers), np.signbit(expected))


@settings(max_examples=60, **COMMON)
@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_doubles_come_back(values):
    for form in (repr, "{:.17e}".format, "{:.25E}".format, "{:+.30g}".format):
        assert_same(parse([form(value) for value in values], "float64"), values)


@settings(max_examples=60, **COMMON)
@given(st.lists(st.floats(allow_nan=False, width=32), min_size=1))
def test_singles_come_back(values):
    values = np.array(values, "float32")
    for form in (str, "{:.9g}".format, "{:.18e}".format, "{:.60f}".format):
        texts = [form(value) for value in values]
        if form == "{:.60f}".format:
            texts = ["0" * 30 + text.lstrip("-") for text in texts if "inf" not in text]
        assert_same(parse(texts or ["0"], "float32"),
                    [np.float32(text) for text in texts] or [0])


@settings(max_examples=100, **COMMON)
@given(st.lists(st.from_regex(r"[+-]?[0-9]{1,25}(\.[0-9]{0,25})?(e[+-]?[0-9]{1,2})?",
                              fullmatch=True, alphabet="0123456789+-.e"), min_size=1))
def test_any_decimal(texts):
    assert_same(parse(texts, "float64"), [float(text) for text in texts])
    small = [text for text in texts if abs(float(text)) < 1e38]
    if small:
        np.testing.assert_array_equal(parse(small, "float32"), [nearest(text) for text in small])


def test_every_power_of_ten():
    texts = [f"{digits}e{power}" for digits in (1, 9007199254740993, 1234567890123456789)
             for power in range(-345, 312)]
    assert_same(parse(texts, "float64"), [float(text) for text in texts])
    texts = [text for text in texts if float(text) < 1e38]
    assert_same(parse(texts, "float32"), [nearest(text) for text in texts])


def test_the_table_of_powers():
    """The upper 64 bits of 10**-80 to 10**47."""
    header = Path(__file__).parents[2] / "io/text/powers.h"
    table = [int(word, 16) for word in re.findall(r"0x([0-9a-f]{16})u", header.read_text())]
    exact = [Fraction(10) ** power for power in range(-80, 48)]
    assert table == [int(number * Fraction(2) ** (63 - floor_log2(number))) for number in exact]


def floor_log2(number):
    about = number.numerator.bit_length() - number.denominator.bit_length()
    return about if Fraction(2) ** about <= number else about - 1


def test_many_random_decimals(rng):
    """Near a tie of doubles as often as chance has it: some twenty of these."""
    digits = rng.integers(10**15, 2**63, 20000)
    texts = [f"{n}e{power}" for n, power in zip(digits.tolist(), rng.integers(-99, 60, 20000),
                                                strict=True)]
    assert_same(parse(texts, "float64"), [float(text) for text in texts])


@settings(max_examples=100, **COMMON)
@given(st.floats(0, 2.0**127, width=32))
def test_ties_of_singles_go_to_even(value):
    """A number half-way between two float32, and its neighbours far behind the point."""
    above = np.nextafter(np.float32(value), np.float32(np.inf))
    tie = (Fraction(value) + Fraction(float(above))) / 2
    places = 0
    while tie.denominator > 1:
        tie, places = tie * 10, places + 1
    digits = int(tie)
    texts = [f"{digits}e-{places}", f"{digits}{'0' * 900}1e-{places + 901}",
             f"{digits * 10 - 1}e-{places + 1}"]
    expected = [nearest(text) for text in texts]
    assert expected[1] == above and expected[2] == value
    np.testing.assert_array_equal(parse(texts, "float32"), expected)


def test_ties_of_doubles_go_to_even():
    texts = ["9007199254740993", "9007199254740992.9999", "9007199254740993.000000000001",
             "9007199254740995", "4.9406564584124654e-324", "2.4703282292062327e-324",
             "2.4703282292062328e-324", "179769313486231580793e289", "1.8e308",
             "0." + "0" * 400 + "1e401", "1" + "0" * 400 + "e-400", "1e" + "9" * 50,
             "1e-" + "9" * 50, "0e999", "-0", "-0.0e-5"]
    assert_same(parse(texts, "float64"), [float(text) for text in texts])


def test_names_and_signs():
    texts = ["inf", "-INF", "+Infinity", "nan", "NaN", "-nan", "+1", "-.5", "5.", "1E2", "1e+2"]
    for dtype in ("float32", "float64"):
        np.testing.assert_array_equal(parse(texts, dtype), [float(text) for text in texts])


@pytest.mark.parametrize("dtype, low, high", [("int32", -2**31, 2**31 - 1),
                                              ("int64", -2**63, 2**63 - 1)])
def test_integers(dtype, low, high):
    values = [low, low + 1, -1, 0, 1, 10**9, high - 1, high]
    assert parse([str(value) for value in values], dtype).tolist() == values
    texts = ["+7", "-0", "000000000000000000000012"]
    assert parse(texts, dtype).tolist() == [7, 0, 12]
    for text in (str(low - 1), str(high + 1), "9" * 30, "1.0", "1e2", "-", "nan", "0x1", "1_0"):
        with pytest.raises(ValueError, match=f"must have numbers of dtype {dtype}; got "):
            parse([text + ","], dtype)


@pytest.mark.parametrize("text", [".", "+", "-.", "1e", "1e+", "e5", "1.2.3", "1 2", "--1", "in",
                                  "infin", "nanx", "1f", "0x1p3", "1_0", "\u0661", "1d5"])
def test_what_is_no_number(text):
    with pytest.raises(ValueError, match=r"x.csv, line 2: .* got '.*' in column 1"):
        parse(["1", text], "float64")


def test_a_locale_makes_no_difference():
    """Where none with a comma is installed, this still passes."""
    before = locale.setlocale(locale.LC_ALL)
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C"):
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            continue
        assert_same(parse(["0.1", "0.1" + "0" * 30 + "1e-310"], "float64"),
                    [0.1, float("0.1" + "0" * 30 + "1e-310")])
    locale.setlocale(locale.LC_ALL, before)


@settings(max_examples=300, **COMMON)
@given(st.lists(st.sampled_from([b"1", b"-2.5", b",", b" ", b"\n", b"\r", b"e", b"+", b".", b"\0",
                                 b"nan", b"9" * 30, b"\xff", b"\xc3\xa9", b'"', b"1,2\n"])))
def test_any_bytes_are_rows_or_an_error(pieces):
    Path("x.csv").write_bytes(b"".join(pieces))
    results = {}
    for dtype in ("float32", "int64"):
        try:
            it = CSVIter(data_csv="x.csv", data_shape=2, batch_size=1, dtype=dtype)
            results[dtype] = [batch.data[0].asnumpy() for batch in it]
        except ValueError as error:
            assert "x.csv" in str(error)
    if len(results) == 2:
        for one, other in itertools.zip_longest(*results.values()):
            np.testing.assert_array_equal(one, other)
