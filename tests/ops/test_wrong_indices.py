"""Errors of operators that meet a wrong index, label or probability name value and place."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd

X = nd.zeros((2, 3))


def trained(label, **params):
    """Forward and backward of SoftmaxOutput."""
    data = nd.zeros((2, 3))
    data.attach_grad()
    with autograd.record():
        out = nd.SoftmaxOutput(data, nd.array(label), **params)
    out.backward()


CASES = [
    (lambda: trained([0, 7]), r"SoftmaxOutput: label must be from 0 to 2, or ignore_label "
     r"-1; got 7 at \(1,\) \(label \(2,\), data \(2, 3\)\)"),
    (lambda: trained([-1, 7], use_ignore=True), r"label must be .*; got 7 at \(1,\)"),
    (lambda: trained([-2, 7]), r"label must be .*; got -2 at \(0,\)"),
    (lambda: trained([np.nan, 1]), r"label must be .*; got nan at \(0,\)"),
    (lambda: nd.softmax_cross_entropy(X, nd.array([0, 3])), r"softmax_cross_entropy: label must "
     r"be from 0 to 2; got 3 at \(1,\) \(data \(2, 3\), label \(2,\)\)"),
    (lambda: nd.softmax_cross_entropy(X.astype("bfloat16"), nd.array([3, 0], dtype="bfloat16")),
     r"label must be from 0 to 2; got 3 at \(0,\)"),
    (lambda: nd.take(nd.zeros(3), nd.array([[0, 1], [5, 0]]), mode="raise"),
     r"take: indices must be from 0 to 2; got 5 at \(1, 0\)"),
    (lambda: nd.take(X, nd.array([2], dtype="int64"), axis=0, mode="raise"),
     r"take: indices must be from 0 to 1; got 2 at \(0,\)"),
    (lambda: nd.pick(X, nd.array([0, -1]), mode="raise"),
     r"pick: index must be from 0 to 2; got -1 at \(1,\)"),
    (lambda: nd._resolve_rows(nd.array([1, 4]), length=4, mode="raise"),
     r"indices must be from 0 to 3; got 4 at \(1,\)"),
    (lambda: nd._accumulate_rows(X, nd.array([0, 4], dtype="int64"), shape=(4, 3)),
     r"rows must be from 0 to 3; got 4 at \(1,\)"),
    (lambda: nd._backward_pick(nd.zeros(2), nd.array([0, 3]), shape=(2, 3), axis=1, mode="raise"),
     r"index must be from 0 to 2; got 3 at \(1,\)"),
    (lambda: nd.gather_nd(X, nd.array([[0, 1], [-4, 0]])), r"gather_nd: indices must name places "
     r"in an array of shape \(2, 3\), row d for axis d; got -4 at \(1, 0\) \(indices \(2, 2\)\)"),
    (lambda: nd.scatter_nd(nd.zeros(2), nd.array([[0, 2], [1, 1]]), shape=(2, 3)),
     r"scatter_nd: indices must name places .*; got 2 at \(0, 1\)"),
    (lambda: nd._flat_rows(nd.array([[0, 1], [1, 3]]), shape=(2, 3)), r"; got 3 at \(1, 1\)"),
    (lambda: nd._scatter_set_nd(X, nd.zeros(1), nd.array([[0], [3]]), shape=(2, 3)),
     r"; got 3 at \(1, 0\)"),
    (lambda: nd.SequenceLast(X, nd.array([1, 2, -1]), use_sequence_length=True),
     r"SequenceLast: sequence_length must be from 0 to 2; got -1 at \(2,\)"),
    (lambda: nd._backward_sequence_last(nd.zeros(2), nd.array([1, 5]), use_sequence_length=True,
                                        length=4),
     r"sequence_length must be from 0 to 4; got 5 at \(1,\)"),
    (lambda: nd._contrib_index_copy(X, nd.array([1, 2]), X),
     r"index_vector must be from 0 to 1; got 2 at \(1,\)"),
    (lambda: nd.fill_element_0index(X, nd.ones(2), nd.array([-1, 1])),
     r"rhs must be from 0 to 2; got -1 at \(0,\)"),
    (lambda: mx.gluon.loss.SoftmaxCrossEntropyLoss()(X, nd.array([0, 4])),
     r"labels must be from 0 to 2, .*; got 4 at \(1,\)"),
]


@pytest.mark.parametrize(("call", "message"), CASES, ids=[case[1][:30] for case in CASES])
def test_of_indices(call, message):
    with pytest.raises(IndexError, match=message):
        call()


@pytest.mark.parametrize(("data", "message"), [
    ([[0.5, 0.5], [0.5, -0.25]], r"a sum above 0; got -0.25 at \(1, 1\)"),
    ([[0.5, 0.5], [0, 0]], r"a sum above 0; got 0 at \(1, 0\)"),
    ([0.5, np.nan], r"a sum above 0; got nan at \(1,\)"),
])
def test_of_probabilities(data, message):
    with pytest.raises(ValueError, match=message):
        nd.random.multinomial(nd.array(data))


def test_in_a_program():
    """The gradient runs as a program: the step that meets the label raises."""
    x = nd.zeros((4, 3))
    x.attach_grad()
    with autograd.record():
        y = nd.softmax_cross_entropy(nd.relu(x), nd.array([0, 1, 2, 0])) + nd.SoftmaxOutput(
            x, nd.array([0, 1, 9, 0])).sum()
    with pytest.raises(IndexError, match=r"SoftmaxOutput: label must be .*; got 9 at \(2,\)"):
        y.backward()
