"""Comparisons and logical functions with results of bool: mx.np's; kernels: csrc/cpu/compare.c."""

from __future__ import annotations

from ..binary import Binary, broadcast_fields
from ..inference import all_alike
from ..schema import Op, kernel, register, runtime

COMPARISONS = ("equal", "not_equal", "greater", "greater_equal", "lesser", "lesser_equal")
LOGICAL = ("logical_and", "logical_or", "logical_xor")


class _Arrays(Binary):
    dtype_rule = "T T -> bool"
    kernel_name: str

    def prepare(self, inputs, outputs):
        lhs, rhs = inputs
        size = outputs[0].size
        return kernel(self.kernel_name, lhs.dtype, size=size, work=size,
                      **broadcast_fields(lhs.shape, rhs.shape, outputs[0].shape))

    def grad(self, F, dy, inputs, outputs):
        return [None, None]


class _WithScalar(Op):
    elementwise = True
    dtype_rule = "T -> bool"
    scalar: float = runtime(help="the scalar")
    kernel_name: str

    def fill_shapes(self, inputs, outputs):
        return all_alike(inputs, outputs)

    def prepare(self, inputs, outputs):
        size = inputs[0].size
        return kernel(self.kernel_name, inputs[0].dtype, size=size, work=size)

    def grad(self, F, dy, inputs, outputs):
        return [None]


for _name in COMPARISONS + LOGICAL:
    register(f"_npi_is_{_name}", inputs="lhs rhs")(type(f"_npi_is_{_name}", (_Arrays,), {
        "__doc__": f"{_name} of two arrays of one dtype, broadcast, as bool.",
        "kernel_name": f"{_name}_bool"}))
    register(f"_npi_is_{_name}_scalar")(type(f"_npi_is_{_name}_scalar", (_WithScalar,), {
        "__doc__": f"{_name} of an array and a scalar, which may lie beyond its dtype, as bool.",
        "kernel_name": f"{_name}_scalar_bool"}))
