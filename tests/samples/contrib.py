"""Samples of small operators that MXNet keeps in contrib, and of their like."""

import functools

import numpy as np

from .sample import Fixed, Ints, Sample, Uniform


def arange_like(x, start=0.0, step=1.0, repeat=1, axis=None):
    shape = x.shape if axis is None else (x.shape[axis],)
    return start + np.arange(np.prod(shape, dtype=int)).reshape(shape) // repeat * step


def histogram(x, bins=None, bin_cnt=None, range=None):
    return list(np.histogram(x, bin_cnt if bins is None else bins, range))


def khatri_rao(*matrices):
    return functools.reduce(
        lambda a, b: (a[:, None] * b[None]).reshape(len(a) * len(b), a.shape[1]), matrices)


def count_sketch(x, h, s, out_dim):
    out = np.zeros((*x.shape[:-1], out_dim))
    for i, k in enumerate(h.astype(int).ravel()):
        out[..., k] += s.ravel()[i] * x[..., i]
    return out


def fft(x):
    values = np.fft.fft(x) if x.shape[-1] else x
    return np.stack([values.real, values.imag], -1).reshape(*x.shape[:-1], -1) if x.size else (
        np.zeros((*x.shape[:-1], 2 * x.shape[-1])))


def ifft(x):
    pairs = x.reshape(*x.shape[:-1], x.shape[-1] // 2, 2)
    return (np.fft.ifft(pairs[..., 0] + 1j * pairs[..., 1]).real * pairs.shape[-2]
            if pairs.size else pairs[..., 0])


def hawkesll(mu, alpha, beta, state, lags, marks, lengths, ends):
    likelihood, states = np.zeros(len(mu)), state.copy()
    for n in range(len(mu)):
        last, t = np.zeros(len(alpha)), 0.0
        for j in range(int(lengths[n])):
            k = int(marks[n, j])
            t += lags[n, j]
            left = states[n, k] * np.exp(-beta[k] * (t - last[k]))
            likelihood[n] += np.log(mu[n, k] + alpha[k] * beta[k] * left)
            likelihood[n] -= mu[n, k] * (t - last[k]) + alpha[k] * (states[n, k] - left)
            states[n, k], last[k] = 1 + left, t
        left = states[n] * np.exp(-beta * (ends[n] - last))
        likelihood[n] -= (mu[n] * (ends[n] - last) + alpha * (states[n] - left)).sum()
        states[n] = left
    return [likelihood, states]


def rounded(x):
    return np.sign(x) * np.floor(np.abs(x) + 0.5)


WIDE = ("float32", "float64")
ON_GPUS = {"recorded": False}       # MXNet has it for GPUs alone
SAMPLES = [
    Sample("_contrib_round_ste", (Fixed([[0.25, -0.75, 1.5], [2.5, -1.5, 0]]),), rounded,
           gradient="recorded", wrt=(0,)),
    Sample("_contrib_sign_ste", ((3, 4),), np.sign, gradient="recorded"),
    Sample("_contrib_gradientmultiplier", ((3, 4),), lambda x, scalar: x, {"scalar": -0.5},
           gradient="recorded"),
    Sample("_contrib_quadratic", ((3, 4),), lambda x, a, b, c: a * x * x + b * x + c,
           {"a": 0.5, "b": -2.0, "c": 3.0}, second=True, slack=2),
    Sample("_contrib_allclose", ((3, 4), (3, 4)), lambda a, b: np.uint8(np.allclose(a, b)),
           gradient="none"),
    *[Sample("_contrib_arange_like", ((2, 3, 4),), arange_like, params, gradient="recorded")
      for params in ({}, {"start": 2.0, "step": 0.5, "repeat": 3}, {"axis": 1, "step": -1.0},
                     {"axis": -1, "repeat": 3})],
    Sample("_histogram", ((5, 6),), histogram, {"bin_cnt": 4, "range": (-1.5, 1.0)},
           gradient="none", dtypes=WIDE),
    Sample("_histogram", ((30,), Fixed([-2, -0.5, 0.25, 1.5])), histogram, gradient="none"),
    Sample("khatri_rao", ((2, 3), (4, 3)), khatri_rao, gradient="none"),
    Sample("khatri_rao", ((2, 3), (2, 3), (3, 3)), khatri_rao, gradient="none"),
    Sample("amp_multicast", ((2, 3), (4,)), lambda x, y, **_: [x, y], {"num_outputs": 2},
           recorded_in=("float32",)),
    *[Sample("_contrib_count_sketch", (shape, Fixed([[0, 2, 1, 0, 2]]), Fixed([[1, -1, -1, 1, 1]])),
             count_sketch, {"out_dim": 4}, wrt=(0,), second=True, **ON_GPUS)
      for shape in ((3, 5), (2, 2, 1, 5))],
    *[Sample("_contrib_fft", (shape,), fft, second=True, slack=16, dtypes=WIDE, **ON_GPUS)
      for shape in ((3, 8), (2, 2, 5))],
    *[Sample("_contrib_ifft", (shape,), ifft, second=True, slack=16, dtypes=WIDE, **ON_GPUS)
      for shape in ((3, 8), (2, 2, 10))],
    Sample("_contrib_hawkesll", ((2, 3), (3,), (3,), (2, 3), (2, 4), Ints((2, 4), 0, 3, "int32"),
                                 Fixed([4, 2]), Fixed([8, 9])), hawkesll, domain=(0.5, 1.5),
           gradient="recorded", wrt=(0, 1, 2), single=True, slack=2),
    Sample("IdentityAttachKLSparseReg", ((4, 3), (3,)), lambda x, average, **_: x,
           {"penalty": 0.5, "sparseness_target": 0.25, "momentum": 0.75}, domain=(0.25, 0.75),
           gradient="recorded", wrt=(0,), aux=(1,), train=True, recorded=False),
]
MANY = (300, 251)
LARGE = [
    *[Sample(f"_contrib_{name}", (MANY,), params=params) for name, params in (
        ("round_ste", {}), ("sign_ste", {}), ("gradientmultiplier", {"scalar": -0.5}),
        ("quadratic", {"a": 0.5, "b": -2.0, "c": 3.0}))],
    Sample("_contrib_allclose", (MANY, MANY), gradient="none"),
    Sample("_contrib_arange_like", (MANY,), gradient="none"),
    Sample("_contrib_index_array", (MANY,), gradient="none"),
    Sample("_histogram", (MANY,), params={"bin_cnt": 20, "range": (-1.5, 1.0)}, gradient="none"),
    Sample("_contrib_count_sketch", (MANY, Ints((1, 251), 0, 60), Ints((1, 251), 1, 2)),
           params={"out_dim": 60}, wrt=(0,)),
    Sample("_contrib_fft", (MANY,)), Sample("_contrib_ifft", ((300, 250),)),
    Sample("khatri_rao", ((200, 30), (20, 30))),
    Sample("amp_multicast", ((40_009,), Uniform((40_009,), "float16")), params={"num_outputs": 2},
           gradient="none"),
    Sample("_contrib_hawkesll", ((64, 3), (3,), (3,), (64, 3), (64, 60),
                                 Ints((64, 60), 0, 3, "int32"), Fixed([60] * 64),
                                 Fixed([200] * 64)), domain=(0.5, 1.5), wrt=(0, 1, 2)),
    Sample("IdentityAttachKLSparseReg", ((20_000, 60), (60,)), domain=(0.25, 0.75), wrt=(0,),
           aux=(1,), train=True),
]
"""Cut into tasks, without an oracle: see large.py."""
