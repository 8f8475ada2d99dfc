"""What sees the arrays of a network run by, and knows their ranges afterwards."""

from __future__ import annotations

from collections.abc import Collection
from logging import Logger
from typing import Any

import numpy as np

from ... import ndarray as nd
from ...arguments import check_count
from ...base import MXNetValueError

Histogram = tuple[np.ndarray, np.ndarray, float, float, float]
Ranges = dict[str, tuple[float, float]]
NUM_BINS = 8001


def combine_histogram(old_hist: Histogram, arr: np.ndarray, new_min: float, new_max: float,
                      new_th: float) -> Histogram:
    """A histogram with the values of `arr` added: (counts, edges, least, largest, threshold).

    It reaches from -threshold to threshold. Values beyond add bins of the same width on both sides.
    """
    counts, edges, low, high, threshold = old_hist
    low, high = min(low, new_min), max(high, new_max)
    if new_th <= threshold:
        added, _ = np.histogram(arr, bins=len(counts), range=(-threshold, threshold))
        return counts + added, edges, low, high, threshold
    step = 2 * threshold / len(counts)
    if not step:            # nothing but zeros so far
        added, edges = np.histogram(arr, bins=len(counts), range=(-new_th, new_th))
        added[len(counts) // 2] += counts.sum()
        return added, edges, low, high, new_th
    more = int((new_th - threshold) // step + 1)
    threshold = more * step + threshold
    added, edges = np.histogram(arr, bins=2 * more + len(counts), range=(-threshold, threshold))
    added[more:more + len(counts)] += counts
    return added, edges, low, high, threshold


class Collector:
    """Base: `collect(name, array)` is told of each array; include_layer: the names that count."""

    def __init__(self, include_layer: Collection[str] | None = None,
                 logger: Logger | None = None) -> None:
        self.include_layer, self.logger = include_layer, logger

    def collect(self, name: Any, arr: Any) -> None:
        """Note what an array of this name holds; name: str or bytes.

        Raises MXNetValueError where the array is empty, or a number in it is NaN or infinite.
        """
        name = name.decode() if isinstance(name, bytes) else name
        if self.include_layer is None or name in self.include_layer:
            values = arr.asnumpy()
            if not values.size or not np.isfinite(values).all():
                wrong = values[~np.isfinite(values)]
                found = f"{len(wrong)} that are not, such as {wrong[0]}" if values.size else "none"
                raise MXNetValueError(
                    f"{type(self).__name__}: layer '{name}' must give finite numbers to calibrate "
                    f"by; got an array of shape {values.shape} with {found}")
            self.note(name, values)

    def note(self, name: str, values: np.ndarray) -> None:
        """Note values that count."""
        raise NotImplementedError

    def ranges(self, quantized_dtype: str) -> Ranges:
        """The range to quantize each array in."""
        raise NotImplementedError


class MinMaxCollector(Collector):
    """Notes the least and the largest value of each array, in `min_max_dict`."""

    def __init__(self, include_layer: Collection[str] | None = None,
                 logger: Logger | None = None) -> None:
        super().__init__(include_layer, logger)
        self.min_max_dict: Ranges = {}

    def note(self, name: str, values: np.ndarray) -> None:
        low, high = float(values.min()), float(values.max())
        known = self.min_max_dict.get(name, (low, high))
        self.min_max_dict[name] = min(known[0], low), max(known[1], high)
        if self.logger:
            self.logger.debug("Collecting layer %s min_range=%f, max_range=%f", name, low, high)

    def ranges(self, quantized_dtype: str) -> Ranges:
        return dict(self.min_max_dict)


class HistogramCollector(Collector):
    """Notes a histogram of each array, in `hist_dict`; ranges leave out what is rare (entropy)."""

    def __init__(self, num_bins: int = NUM_BINS, include_layer: Collection[str] | None = None,
                 logger: Logger | None = None) -> None:
        super().__init__(include_layer, logger)
        num_bins = check_count("HistogramCollector", "num_bins", num_bins, 1)
        if num_bins % 2 == 0:
            raise MXNetValueError(f"HistogramCollector: num_bins must be odd; got {num_bins}")
        self.hist_dict: dict[str, Histogram] = {}
        self.num_bins = num_bins

    def note(self, name: str, values: np.ndarray) -> None:
        low, high = float(values.min()), float(values.max())
        threshold = max(abs(low), abs(high))
        if name in self.hist_dict:
            self.hist_dict[name] = combine_histogram(self.hist_dict[name], values, low, high,
                                                     threshold)
        else:
            counts, edges = np.histogram(values, bins=self.num_bins, range=(-threshold, threshold))
            self.hist_dict[name] = counts, edges, low, high, threshold
        if self.logger:
            self.logger.debug("Collecting layer %s histogram of shape %s", name, values.shape)

    def ranges(self, quantized_dtype: str) -> Ranges:
        return {name: self._range(name, quantized_dtype) for name in self.hist_dict}

    def _range(self, name: str, quantized_dtype: str) -> tuple[float, float]:
        counts, edges, low, high, threshold = self.hist_dict[name]
        if not threshold:
            return 0.0, 0.0
        is_unsigned = low >= 0 and quantized_dtype in ("auto", "uint8")
        best, divergence = nd.contrib.calibrate_entropy(
            nd.array(counts, dtype="float32"), nd.array(edges, dtype="float32"),
            num_quantized_bins=511 if is_unsigned else 255)
        size = float(best.asscalar())
        if self.logger:
            self.logger.debug("layer=%s, min_val=%f, max_val=%f, th=%f, divergence=%f", name, low,
                              high, size, divergence.asscalar())
        return (0.0, size) if is_unsigned else (-size, size)
