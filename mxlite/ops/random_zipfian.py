"""Distinct classes of a Zipfian distribution."""

from __future__ import annotations

import math

import numpy as np

from ..base import Shape
from ..device.rng import numpy_generator
from .schema import Op, host, register, required


@register("_sample_unique_zipfian", inputs="")
class SampleUniqueZipfian(Op):
    """shape[1] distinct classes a row, and how many draws each row took; int64, as the draws are.

    A class k below range_max is drawn with a probability of about log((k + 2) / (k + 1)) /
    log(range_max).
    """

    dtype_rule = "-> int64"
    num_outputs = 2
    range_max: int = required("number of classes", low=1)
    shape: Shape = required("(rows, classes that each of them draws)")

    def check(self):
        self.random = True      # draws on the host
        if len(self.shape) != 2 or min(self.shape) < 0 or self.shape[1] > self.range_max:
            raise self.value_error(
                "shape", f"(rows, at most range_max = {self.range_max} classes)", self.shape)

    def infer_shape(self):
        return [self.shape, self.shape[:1]]

    def prepare(self, inputs, outputs):
        return host(self.draw)

    def draw(self, samples, tries):
        """The numbers, from NumPy."""
        generator, scale = numpy_generator(), math.log(self.range_max)
        for row in range(len(samples)):
            drawn = {}
            tries[row] = 0
            while len(drawn) < self.shape[1]:
                wanted = self.shape[1] - len(drawn)
                for number in np.rint(np.exp(generator.random(wanted) * scale)) - 1:
                    drawn.setdefault(int(number))
                tries[row] += wanted
            samples[row] = list(drawn)
