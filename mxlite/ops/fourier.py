"""fft and ifft: Fourier transforms of rows, complex numbers being pairs of real ones."""

from __future__ import annotations

import numpy as np

from .schema import Op, host, kernel, param, register


class _Fourier(Op):
    """Base: along the last axis; complex numbers as (real, imaginary, real, ...). In NumPy."""

    dtype_rule = "F -> F"
    compute_size: int = param(128, "MXNet's: rows that are transformed together; not used", low=1)

    def call(self, name, rows, function):
        """NumPy's function, or a kernel for rows of real numbers."""
        n = rows.shape[-1]
        return host(function, lambda: kernel(name, rows.dtype, rows=rows.size // max(n, 1), n=n))

    def grad(self, F, dy, inputs, outputs):
        other = F._contrib_ifft if self.name == "_contrib_fft" else F._contrib_fft
        return [other(dy[0])]


@register("_contrib_fft")
class FFT(_Fourier):
    """The Fourier transform of real numbers: (*, n) -> (*, 2 n)."""

    def infer_shape(self, data):
        if not data:
            raise self.shape_error("data", "of at least one axis", data)
        return [(*data[:-1], 2 * data[-1])]

    def prepare(self, inputs, outputs):
        return self.call("fft", inputs[0], _transform)


@register("_contrib_ifft")
class IFFT(_Fourier):
    """n times the real part of the inverse transform of complex numbers: (*, 2 n) -> (*, n).

    As MXNet has it on GPUs, which does not divide by n.
    """

    def infer_shape(self, data):
        if not data or data[-1] % 2:
            raise self.shape_error("data", "(*, 2 n)", data)
        return [(*data[:-1], data[-1] // 2)]

    def prepare(self, inputs, outputs):
        return self.call("ifft", outputs[0], _inverse)


def _transform(data, out):
    if out.size:
        values = np.fft.fft(data.astype("float64"), axis=-1)
        out[..., 0::2], out[..., 1::2] = values.real, values.imag


def _inverse(data, out):
    if out.size:
        values = data[..., 0::2].astype("float64") + 1j * data[..., 1::2]
        out[...] = np.fft.ifft(values, axis=-1).real * out.shape[-1]
