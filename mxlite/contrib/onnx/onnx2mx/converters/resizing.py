"""Images of other sizes: Resize and Upsample."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import helper

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..inference import Inference
from ..table import converts
from ..values import fixed


@converts("Upsample")
def _upsample(call: Call) -> Symbol:
    mode = call.choice("mode", "nearest", "nearest", "linear", "bilinear")
    scales = call.attr("scales")
    if call.opset >= 9:
        scales = [float(scale) for scale in call.constant(1, "scales")]
    return _resized(call, {"mode": mode.removeprefix("bi"), "nearest_mode": "floor",
                           "coordinate_transformation_mode": "asymmetric"}, scales)


@converts("Resize")
def _resize(call: Call) -> Symbol:
    how = {"mode": call.choice("mode", "nearest", "nearest", "linear", "cubic")}
    if call.opset < 11:
        how |= {"nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"}
        return _resized(call, how, [float(scale) for scale in call.constant(1, "scales")])
    how["coordinate_transformation_mode"] = call.choice(
        "coordinate_transformation_mode", "half_pixel", "half_pixel", "half_pixel_symmetric",
        "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn")
    how["nearest_mode"] = call.attr("nearest_mode", "round_prefer_floor")
    if how["coordinate_transformation_mode"] == "tf_half_pixel_for_nn":
        call.choice("nearest_mode", "round_prefer_floor", "floor")
        call.choice("mode", "nearest", "nearest")
        # of places that are half a pixel less, what is nearest is the same
        how |= {"coordinate_transformation_mode": "half_pixel", "nearest_mode": "round_prefer_ceil"}
    if call.has(1):                         # roi, of a mode that is refused
        call.value(1)
    call.ignore("extrapolation_value", "axes")
    for name in ("cubic_coeff_a", "exclude_outside", "antialias"):
        value = call.attr(name)
        if value is not None:
            how[name] = value
    call.choice("keep_aspect_ratio_policy", "stretch", "stretch")
    scales = None
    if call.has(2):
        known = call.value(2).constant
        scales = [float(scale) for scale in known] if known is not None and known.size else None
    if call.has(3):
        call.value(3)
    axes = call.attr("axes")
    if scales and axes:
        every = [1.0] * call.rank()
        for axis, scale in zip(axes, scales, strict=True):
            every[call.axis(axis)] = scale
        scales = every
    return _resized(call, how, scales or None)


def _resized(call: Call, how: dict[str, Any], scales: list[float] | None) -> Symbol:
    """The input with the lengths of the output: by an operator for images where one does the same,
    else axis by axis, by indices or a matrix."""
    data, before = call.sym(), call.lengths()
    after = call.out_lengths((3, "sizes") if call.has(3) else (2, "scales"))
    changed = [axis for axis, (old, new) in enumerate(zip(before, after, strict=True))
               if old != new or (scales and scales[axis] != 1.0)]
    if not changed:
        return sym.identity(data)
    if call.rank() == 4 and set(changed) <= {2, 3}:
        image = _image(call, how, scales)
        if image is not None:
            return image
    for axis in changed:
        old, new = fixed(before[axis]), fixed(after[axis])
        if old is None or new is None:
            raise call.open_length(f"the length of axis {axis}, which these attributes need,")
        data = _axis(call, data, axis, (old, new), how, scales)
    return data


def _image(call: Call, how: dict[str, Any], scales: list[float] | None) -> Symbol | None:
    """The resized image by UpSampling or BilinearResize2D; None where they do something else."""
    places, data = how["coordinate_transformation_mode"], call.sym()
    factors = [_factor(call, axis, scales) for axis in (2, 3)]
    if how["mode"] == "nearest":
        is_repeated = (places == "asymmetric" and how["nearest_mode"] == "floor") or (
            places in ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric")
            and str(how["nearest_mode"]).startswith("round"))
        if is_repeated and factors[0] is not None and factors[0] == factors[1]:
            return sym.UpSampling(data, scale=factors[0], sample_type="nearest")
        return None
    heights, widths = (fixed(length) for length in call.out_lengths()[2:])
    if how["mode"] != "linear" or how.get("antialias") \
            or places not in ("half_pixel", "align_corners", "pytorch_half_pixel"):
        return None
    corners = places == "align_corners"
    if heights is not None and widths is not None:
        if scales and not corners and None in factors:
            return None                     # the scale is not the quotient of the lengths
        if 1 in (heights, widths):
            return None                     # it then takes the first pixel
        return sym.contrib.BilinearResize2D(data, height=heights, width=widths,
                                            align_corners=corners)
    if places == "pytorch_half_pixel":
        return None                         # it differs where an output has one pixel
    like = None if scales else _sized_like(call)
    if like is not None:
        return sym.contrib.BilinearResize2D(data, like, mode="like", align_corners=corners)
    if None in factors:
        return None
    return sym.contrib.BilinearResize2D(data, scale_height=float(factors[0] or 1),
                                        scale_width=float(factors[1] or 1), align_corners=corners)


def _sized_like(call: Call) -> Symbol | None:
    """A tensor of images that are as large as the output."""
    for value in call.importer.values.values():
        if value.symbol is not None and value.rank == 4 \
                and (value.lengths or [])[2:] == call.out_lengths()[2:]:
            return value.symbol
    return None


def _factor(call: Call, axis: int, scales: list[float] | None) -> int | None:
    """The integer by which a length grows; None if there is none."""
    ratios = {new / old for old, new in zip(call.lengths()[axis], call.out_lengths()[axis],
                                            strict=True)}
    ratio = ratios.pop()
    if ratios or ratio != int(ratio) or (scales and abs(scales[axis] - ratio) > 1e-6):
        return None
    return int(ratio)


def _axis(call: Call, data: Symbol, axis: int, lengths: tuple[int, int], how: dict[str, Any],
          scales: list[float] | None) -> Symbol:
    """data resized along one axis, by what onnx makes of its indices, or of the unit matrix."""
    old, new = lengths
    is_nearest = how["mode"] == "nearest"
    numbers = np.arange(old, dtype=np.float32) if is_nearest else np.eye(old, dtype=np.float32)
    scale = np.array(scales, np.float32)[axis:axis + 1] if scales else None
    rows = numbers if is_nearest else numbers.reshape(old, old)
    feeds: list[np.ndarray | None] = [rows, None, None, None]
    ones = () if is_nearest else (1.0,)
    if scale is not None:
        feeds[2] = np.array([*ones, *scale], np.float32)
    else:
        feeds[3] = np.array([*((old,) if not is_nearest else ()), new], np.int64)
    node = helper.make_node("Resize", ["x", "", "scales" if scale is not None else "",
                                       "sizes" if scale is None else ""], ["y"], **how)
    made = Inference(max(call.opset, 18)).evaluate(node, feeds)
    if made is None:
        raise call.unsupported(f"resizing along axis {axis} as {how} says")
    if is_nearest:
        return sym.take(data, call.parameter(f"places{axis}", np.rint(made[0]).astype(np.int64)),
                        axis=axis)
    matrix = call.parameter(f"matrix{axis}", made[0].astype(np.float32))
    if call.out_dtype() != "float32":
        matrix = sym.Cast(matrix, dtype=call.out_dtype())
    last = call.rank() - 1
    moved = sym.swapaxes(data, dim1=axis, dim2=last) if axis != last else data
    product = sym.dot(moved, matrix)
    return sym.swapaxes(product, dim1=axis, dim2=last) if axis != last else product
