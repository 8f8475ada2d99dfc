"""Imported products of matrices, against onnxruntime."""

import numpy as np
import pytest
from onnx_import_cases import INT, check, draw

A, B = draw(2, 3, 4, 5), draw(2, 3, 5, 6)
PRODUCTS = [
    (A[0, 0], B[0, 0]), (A[0], B[0, 0]), (A, B[0, 0]), (A[0], B[0]), (A, B), (A, B[0]),
    (A[0, 0], B), (A[:, :1], B), (A[0, 0, 0], B[0, 0]), (A[0, 0], B[0, 0, :, 0]),
    (A[0, 0, 0], B[0, 0, :, 0]), (A[0, 0, 0], B), (A, B[0, 0, :, 0]), (A, B[:, :, :, 0:1]),
]


@pytest.mark.parametrize("number", range(len(PRODUCTS)))
def test_matmul_of_any_ranks(number):
    check("MatMul", list(PRODUCTS[number]))


def test_matmul_of_integers():
    numbers = np.arange(12).reshape(3, 4)
    check("MatMul", [numbers, numbers.T], out=INT)
    check("MatMul", [np.stack([numbers] * 2), np.stack([numbers.T] * 2)], out=INT)


GEMMS = [
    ([A[0, 0], B[0, 0]], {}), ([A[0, 0], B[0, 0], draw(6)], {}),
    ([A[0, 0], B[0, 0], draw(4, 1)], {}),
    ([A[0, 0], B[0, 0].T, draw(6)], {"transB": 1}), ([A[0, 0].T, B[0, 0], draw(1)], {"transA": 1}),
    ([A[0, 0], B[0, 0].T.copy()], {"transB": 1, "alpha": 0.5}),
    ([A[0, 0].T, B[0, 0].T, draw(4, 6)], {"transA": 1, "transB": 1, "alpha": 0.5, "beta": 2.0}),
    ([A[0, 0], B[0, 0].T, draw(6)], {"transB": 1, "beta": 0.3}),
    ([A[0, 0], B[0, 0].T, np.array(2, "f")], {"transB": 1}),
]


@pytest.mark.parametrize("number", range(len(GEMMS)))
def test_gemm(number):
    inputs, attrs = GEMMS[number]
    check("Gemm", inputs, attrs, 13, range(1, len(inputs)))
    check("Gemm", inputs, attrs)


@pytest.mark.parametrize("equation", ["bij, bjk -> bik", "bij,bjk", "bij,bjk->ik"])
def test_einsum(equation):
    check("Einsum", [A[0], B[0]], {"equation": equation})


def test_determinants():
    check("Det", [draw(2, 3, 3)], opset=11)
