"""Reshaping, repeating, padding, joining, and arrays made from shapes."""

from __future__ import annotations

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import converts
from ..values import fixed
from .padding import padded
from .reshaping import expanded, reshaped


@converts("Reshape")
def _reshape(call: Call) -> Symbol:
    data, allow_zero = call.sym(), call.choice("allowzero", 0, 0, 1)
    asked = call.value(1).constant
    if asked is not None and asked.size and not allow_zero and call.importer.samples.count == 1:
        return sym.reshape(data, shape=tuple(int(code) for code in asked))
    if call.outputs[0].lengths is not None and call.value(0).lengths is not None:
        return reshaped(call, data, call.lengths(), call.out_lengths())
    shape = call.ints(1, "shape")
    if allow_zero and 0 in shape:
        raise call.unsupported("there are no arrays without elements")
    return sym.reshape(data, shape=tuple(shape or (1,)))


@converts("Flatten")
def _flatten(call: Call) -> Symbol:
    axis = call.attr("axis", 1)
    axis = axis + call.rank() if axis < 0 else axis
    if axis == 1 and call.value(0).rank != 1:
        return sym.Flatten(call.sym())
    if axis == 0:
        return sym.reshape(call.sym(), shape=(1, -1))
    if axis == call.rank():
        return sym.reshape(call.sym(), shape=(-1, 1))
    return reshaped(call, call.sym(), call.lengths(), call.out_lengths())


@converts("Squeeze")
def _squeeze(call: Call) -> Symbol:
    axes = call.attr("axes")
    if call.has(1):
        axes = call.ints(1, "axes")
    if not axes:
        axes = [axis for axis, length in enumerate(call.shape()) if length == 1]
    chosen = sorted({call.axis(axis) for axis in axes})
    if len(chosen) == call.rank():
        chosen = chosen[1:]                 # a number is an array of shape (1,)
    return sym.squeeze(call.sym(), axis=tuple(chosen)) if chosen else sym.identity(call.sym())


@converts("Unsqueeze")
def _unsqueeze(call: Call) -> Symbol:
    data, axes = call.sym(), call.attr("axes")
    if call.has(1):
        axes = call.ints(1, "axes")
    rank = call.rank() + len(axes)
    chosen = sorted(axis % rank for axis in axes)
    if not call.rank():
        return sym.reshape(data, shape=(1,) * rank)
    for axis in chosen:
        data = sym.expand_dims(data, axis=axis)
    return data


@converts("Transpose")
def _transpose(call: Call) -> Symbol:
    perm = call.attr("perm")
    axes = perm or list(range(call.rank())[::-1])
    if len(axes) < 2:
        return sym.identity(call.sym())
    return sym.transpose(call.sym(), axes=tuple(axes))


@converts("Concat")
def _concat(call: Call) -> Symbol:
    axis = call.attr("axis", 1)
    arrays = call.syms()
    return sym.concat(*arrays, dim=call.axis(axis)) if len(arrays) > 1 else sym.identity(arrays[0])


@converts("Expand")
def _expand(call: Call) -> Symbol:
    call.value(1)
    lengths = call.out_lengths((1, "shape"))
    if call.lengths() == lengths:
        return sym.identity(call.sym())
    return expanded(call, call.sym(), call.lengths(), lengths)


@converts("Tile")
def _tile(call: Call) -> Symbol:
    call.value(1)
    repeats = call.value(1).constant
    if repeats is not None:
        return sym.tile(call.sym(), reps=tuple(int(count) for count in repeats))
    before, after = call.lengths(), call.out_lengths((1, "repeats"))
    if all(old == new or fixed(old) == 1 for old, new in zip(before, after, strict=True)):
        return expanded(call, call.sym(), before, after)
    raise call.not_constant(1, "repeats")


@converts("ConstantOfShape")
def _constant_of_shape(call: Call) -> Symbol:
    value = call.attr("value")
    call.value(0)
    number = 0.0
    if value is not None:
        number = call.array(value).item()
    lengths = call.out_lengths((0, "shape"))
    base = sym.full((1,) * max(len(lengths), 1), number, dtype=call.out_dtype())
    return expanded(call, base, [(1,) * len(length) for length in lengths], lengths)


@converts("Shape")
def _shape(call: Call) -> Symbol:
    start, end = call.attr("start"), call.attr("end")
    shape = sym.shape_array(call.sym())
    if start is None and end is None:
        return shape
    return sym.slice_axis(shape, axis=0, begin=start or 0, end=end)


@converts("Size")
def _size(call: Call) -> Symbol:
    return sym.size_array(call.sym())


@converts("Range")
def _range(call: Call) -> Symbol:
    start, limit, step = (call.value(i).constant for i in range(3))
    if start is None or step is None:
        raise call.not_constant(0 if start is None else 2, "start" if start is None else "delta")
    if limit is None and call.outputs[0].lengths is None:
        raise call.not_constant(1, "limit")
    length = call.out_lengths()[0]
    number = fixed(length)
    if number is not None:
        return sym.arange(float(start), float(start) + number * float(step), float(step),
                          dtype=call.out_dtype())
    found = call.importer.axis_like(length)
    if found is None:
        raise call.open_length("its limit depends on a length that")
    like = sym.Cast(found[0], dtype=call.out_dtype())
    return sym.contrib.arange_like(like, start=float(start), step=float(step), axis=found[1])


@converts("DepthToSpace")
def _depth_to_space(call: Call) -> Symbol:
    data, size = call.sym(), call.attr("blocksize")
    if call.choice("mode", "DCR", "DCR", "CRD") == "DCR":
        return sym.depth_to_space(data, block_size=size)
    data = sym.reshape(data, shape=(0, -4, -1, size * size, 0, 0))
    data = sym.reshape(data, shape=(0, 0, -4, size, size, 0, 0))
    data = sym.transpose(data, axes=(0, 1, 4, 2, 5, 3))
    return sym.reshape(data, shape=(0, 0, -3, -3))


@converts("SpaceToDepth")
def _space_to_depth(call: Call) -> Symbol:
    call.choice("mode", "DCR", "DCR")
    return sym.space_to_depth(call.sym(), block_size=call.attr("blocksize"))


@converts("Pad")
def _pad(call: Call) -> Symbol:
    mode = call.choice("mode", "constant", "constant", "edge", "reflect")
    if call.opset < 11:
        pads, number, axes = call.attr("pads"), call.attr("value", 0.0), None
    else:
        pads, number = call.ints(1, "pads"), 0.0
        if call.has(2):
            number = call.constant(2, "constant_value").item()
        axes = call.ints(3, "axes") if call.has(3) else None
    axes = list(range(call.rank())) if axes is None else [call.axis(axis) for axis in axes]
    half = len(axes)
    ends = {axis: (pads[i], pads[half + i]) for i, axis in enumerate(axes)}
    every = [ends.get(axis, (0, 0)) for axis in range(call.rank())]
    return padded(call.sym(), every, mode, number)


@converts("Trilu")
def _trilu(call: Call) -> Symbol:
    diagonal = call.ints(1, "k")[0] if call.has(1) else 0
    data = call.sym()
    if not call.choice("upper", 1, 0, 1):
        return sym._internal._npi_tril(data, k=diagonal)
    below = sym._internal._npi_tril(sym.ones_like(data), k=diagonal - 1)   # MXNet 1.9 has no triu
    return sym.where(below, sym.zeros_like(data), data)


@converts("Constant")
def _constant(call: Call) -> Symbol:
    """What onnx gives no array for: text and sparse arrays."""
    kind = call.node.attribute[0].name if call.node.attribute else "no value"
    raise call.unsupported(f"its value must be an array of numbers; got {kind}")


@converts("EyeLike")
def _eye_like(call: Call) -> Symbol:
    call.value(0)                           # whose numbers are not needed
    rows, columns = call.fixed_shape(0, "its input")
    dtype = call.dtype_name(call.attr("dtype", call.dtype()))
    return sym.eye(rows, columns, k=call.attr("k", 0), dtype=dtype)
