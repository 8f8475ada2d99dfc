"""Samples of the operators that move values about: shapes, joining, padding, slices."""

import math

import numpy as np

from .sample import Ints, Sample


def blocks_to_depth(x, block_size):
    N, C, H, W = x.shape
    b = block_size
    return x.reshape(N, C, H // b, b, W // b, b).transpose(0, 3, 5, 1, 2, 4).reshape(
        N, C * b * b, H // b, W // b)


def depth_to_blocks(x, block_size):
    N, C, H, W = x.shape
    b = block_size
    return x.reshape(N, b, b, C // b ** 2, H, W).transpose(0, 3, 4, 1, 5, 2).reshape(
        N, C // b ** 2, H * b, W * b)


def padded(x, mode, pad_width, constant_value=0.0):
    widths = list(zip(pad_width[::2], pad_width[1::2], strict=True))
    if mode == "constant":
        return np.pad(x, widths, mode, constant_values=constant_value)
    return np.pad(x, widths, mode)


def sliced(x, begin, end, step=()):
    steps = step or [None] * len(begin)
    return x[tuple(slice(*bounds) for bounds in zip(begin, end, steps, strict=True))]


def slice_axis(x, axis, begin, end):
    return sliced(np.moveaxis(x, axis, 0), (begin,), (end,)).swapaxes(0, axis) if axis else x[
        begin:end]


def split(x, num_outputs, axis=1, squeeze_axis=False):
    parts = np.split(x, num_outputs, axis)
    return [part.squeeze(axis) for part in parts] if squeeze_axis else parts


def sequence_mask(x, lengths=None, use_sequence_length=False, value=0.0, axis=0):
    if lengths is None:
        return x
    steps = np.arange(x.shape[axis])[:, None] < lengths[None]
    steps = steps if axis == 0 else steps.T
    return np.where(steps.reshape(steps.shape + (1,) * (x.ndim - 2)), x, value)


def sequence_last(x, lengths=None, use_sequence_length=False, axis=0):
    x = np.moveaxis(x, axis, 0)
    return x[-1] if lengths is None else x[lengths.astype(int) - 1, np.arange(x.shape[1])]


def sequence_reverse(x, lengths=None, use_sequence_length=False):
    out = x.copy()
    for n in range(x.shape[1]):
        length = len(x) if lengths is None else int(lengths[n])
        out[:length, n] = x[:length, n][::-1]
    return out


def moved(op, shapes, oracle, params=None, **known):
    """A sample of an operator that only moves values: exact, its gradient linear."""
    return Sample(op, tuple(shapes), oracle, params or {}, second=True, **known)


MOVES = [
    moved("Reshape", [(2, 3, 4)], lambda x, shape: x.reshape(x.shape[0] * x.shape[1], x.shape[2]),
          {"shape": (-3, 0)}),
    moved("Reshape", [(2, 3, 4)], lambda x, shape: x.reshape(4, -1), {"shape": (4, -1)}),
    moved("Reshape", [(2, 3, 4)], lambda x, **_: x.reshape(2, len(x) // 2, *x.shape[1:]),
          {"shape": (-4, 2, -1, -2)}),
    moved("Reshape", [(10, 5, 4)], lambda x, **_: x.reshape(-1, x.shape[2]),
          {"shape": (-1, 0), "reverse": True}),
    moved("reshape_like", [(2, 6), (3, 4)], lambda x, y: x.reshape(y.shape), wrt=(0,)),
    moved("Flatten", [(2, 3, 4)], lambda x: x.reshape(len(x), math.prod(x.shape[1:]))),
    moved("transpose", [(2, 3, 4)], lambda x: x.T),
    moved("transpose", [(2, 3, 4)], lambda x, axes: x.transpose(axes), {"axes": (1, 2, 0)}),
    moved("transpose", [(37, 41)], lambda x: x.T, recorded=False),
    moved("SwapAxis", [(2, 3, 4)], lambda x, **_: x.swapaxes(0, 2), {"dim1": 0, "dim2": 2}),
    moved("expand_dims", [(2, 3)], lambda x, axis: x[:, None], {"axis": 1}),
    moved("squeeze", [(1, 2, 1, 3)], lambda x: x.squeeze()),
    moved("squeeze", [(1, 2, 1, 3)], lambda x, axis: x.squeeze(axis), {"axis": (2,)}),
    moved("reverse", [(2, 3, 4)], lambda x, axis: np.flip(x, axis), {"axis": 1}),
    moved("tile", [(2, 3)], lambda x, reps: np.tile(x, reps), {"reps": (2, 1, 3)}),
    moved("repeat", [(2, 3)], lambda x, **_: np.repeat(x, 2, 1), {"repeats": 2, "axis": 1}),
    moved("repeat", [(2, 3)], lambda x, repeats: np.repeat(x, repeats), {"repeats": 3}),
    moved("Concat", [(2, 3), (2, 1), (2, 4)], lambda *xs, dim: np.concatenate(xs, dim),
          {"dim": 1}),
    moved("Concat", [(2, 3), (4, 3)], lambda *xs, dim: np.concatenate(xs, dim), {"dim": 0}),
    moved("stack", [(2, 3), (2, 3)], lambda *xs, axis: np.stack(xs, axis), {"axis": 1}),
    moved("SliceChannel", [(2, 6)], split, {"num_outputs": 3, "axis": 1}),
    moved("SliceChannel", [(3, 4)], split,
          {"num_outputs": 3, "axis": 0, "squeeze_axis": True}),
    moved("_split_v2", [(2, 7)], lambda x, indices, axis: np.split(x, indices[1:], axis),
          {"indices": (0, 2, 5), "axis": 1}),
    moved("broadcast_to", [(2, 1, 3)], lambda x, shape: np.broadcast_to(x, shape),
          {"shape": (2, 4, 3)}),
    moved("broadcast_axis", [(2, 1, 3)], lambda x, **_: np.broadcast_to(x, (len(x), 4, x.shape[2])),
          {"axis": 1, "size": 4}),
    moved("broadcast_like", [(2, 1), (2, 5)], lambda x, y: np.broadcast_to(x, y.shape),
          wrt=(0,)),
    moved("Pad", [(1, 2, 3, 4)], padded,
          {"mode": "constant", "pad_width": (0, 0, 0, 0, 1, 2, 2, 1), "constant_value": 0.5}),
    moved("Pad", [(1, 2, 3, 4)], padded,
          {"mode": "edge", "pad_width": (0, 0, 0, 0, 1, 2, 2, 1)}),
    moved("Pad", [(1, 2, 4, 4)], padded,
          {"mode": "reflect", "pad_width": (0, 0, 0, 0, 1, 2, 2, 1)}),
    moved("slice", [(4, 5)], sliced, {"begin": (1, 0), "end": (3, 4)}),
    moved("slice", [(4, 5)], sliced, {"begin": (None, 4), "end": (None, None), "step": (2, -2)}),
    moved("slice_axis", [(4, 5)], slice_axis, {"axis": 1, "begin": 1, "end": -1}),
    moved("slice_like", [(4, 5), (2, 3)], lambda x, y: x[:2, :3], wrt=(0,)),
    moved("diag", [(4, 5)], lambda x, k: np.diag(x, k), {"k": 1}),
    moved("diag", [(4,)], lambda x, k: np.diag(x, k), {"k": -1}),
    moved("depth_to_space", [(1, 8, 2, 3)], depth_to_blocks, {"block_size": 2}),
    moved("space_to_depth", [(1, 2, 4, 6)], blocks_to_depth, {"block_size": 2}),
]
LENGTHS = Ints((3,), 1, 5)
SAMPLES = [
    *MOVES,
    moved("cast_storage", [(5, 3)], lambda x, stype: x, {"stype": "default"}),
    moved("SequenceMask", [(5, 3, 2)], sequence_mask),
    moved("SequenceMask", [(5, 3, 2), LENGTHS], sequence_mask,
          {"use_sequence_length": True, "value": -1.0}),
    moved("SequenceMask", [(3, 5, 2), LENGTHS], sequence_mask,
          {"use_sequence_length": True, "axis": 1}),
    moved("SequenceLast", [(5, 3, 2)], sequence_last, recorded=False),     # MXNet aborts
    moved("SequenceLast", [(5, 3, 2), LENGTHS], sequence_last, {"use_sequence_length": True}),
    moved("SequenceReverse", [(5, 3, 2)], sequence_reverse),
    moved("SequenceReverse", [(5, 3, 2), LENGTHS], sequence_reverse,
          {"use_sequence_length": True}),
    Sample("_arange", (), lambda **_: np.arange(1, 7, 1.5), gradient="none",
           params={"start": 1.0, "stop": 7.0, "step": 1.5}),
    Sample("_linspace", (), lambda **_: np.linspace(0, 1, 5), gradient="none",
           params={"start": 0.0, "stop": 1.0, "num": 5}),
    Sample("_eye", (), lambda **_: np.eye(3, 4, 1), {"N": 3, "M": 4, "k": 1}, gradient="none"),
    Sample("_full", (), lambda **_: np.full((2, 3), 1.5), {"shape": (2, 3), "value": 1.5},
           gradient="none"),
    Sample("_zeros", (), lambda shape: np.zeros(shape), {"shape": (2, 3)}, gradient="none"),
    Sample("_ones", (), lambda shape: np.ones(shape), {"shape": (2, 3)}, gradient="none"),
]
