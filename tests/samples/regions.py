"""Samples of the operators of regions."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from . import region_oracles as oracles
from .boxes import Boxes
from .sample import Sample, Spread


@dataclass(frozen=True)
class Regions:
    """An input (R, 5) of regions, of two images: some reach beyond `size` pixels."""

    count: int
    size: float
    columns: int = 5

    @property
    def shape(self):
        return (self.count, self.columns)

    def draw(self, rng, domain):
        boxes = Boxes((self.count, 4), self.size).draw(rng, domain)
        boxes += rng.choice([0, -self.size / 4, self.size / 4], (self.count, 1))
        images = rng.integers(0, 2, (self.count, 1)).astype("float64")
        return np.concatenate([images, boxes], 1)[:, 5 - self.columns:]


@dataclass(frozen=True)
class Turned:
    """An input (R, 6) of turned regions, of two images."""

    count: int
    size: float

    @property
    def shape(self):
        return (self.count, 6)

    def draw(self, rng, domain):
        return np.concatenate([rng.integers(0, 2, (self.count, 1)),
                               rng.uniform(0, self.size, (self.count, 4)),
                               rng.uniform(-180, 180, (self.count, 1))], 1)


ROIS = Regions(4, 28.0)
pool = partial(Sample, "ROIPooling", (Spread((2, 2, 6, 7)), ROIS), oracles.roi_pooling)
align = partial(Sample, "_contrib_ROIAlign", ((2, 2, 6, 7), ROIS), oracles.roi_align)
turned = partial(Sample, "_contrib_RROIAlign", ((2, 2, 6, 7), Turned(4, 24.0)),
                 oracles.rroi_align, gradient="none", slack=20.0)
sensitive = partial(Sample, "_contrib_PSROIPooling", oracle=oracles.psroi_pooling)
deformable = partial(Sample, "_contrib_DeformablePSROIPooling",
                     oracle=oracles.deformable_psroi_pooling, slack=5.0)
QUARTER = {"spatial_scale": 0.25}

SAMPLES = [
    pool(params={"pooled_size": (2, 3), **QUARTER}),
    pool(params={"pooled_size": (5, 4), **QUARTER}),
    align(params={"pooled_size": (2, 3), **QUARTER}),
    align(params={"pooled_size": (5, 4), "sample_ratio": 2, **QUARTER}),
    align(params={"pooled_size": (3, 2), "aligned": True, **QUARTER}),
    Sample("_contrib_ROIAlign", ((2, 8, 6, 7), ROIS), oracles.roi_align,
           {"pooled_size": (2, 2), "position_sensitive": True, "sample_ratio": 2, **QUARTER}),
    Sample("_contrib_ROIAlign", ((2, 2, 6, 7), Regions(3, 28.0, columns=4)), oracles.roi_align,
           {"pooled_size": (2, 2), **QUARTER}, recorded=False),
    turned(params={"pooled_size": (2, 3), **QUARTER}),
    turned(params={"pooled_size": (4, 4), "sampling_ratio": 2, **QUARTER}),
    sensitive(inputs=((2, 8, 6, 7), ROIS),
              params={"output_dim": 2, "pooled_size": 2, **QUARTER}),
    sensitive(inputs=((2, 9, 6, 7), ROIS),
              params={"output_dim": 2, "pooled_size": 3, "group_size": 2, **QUARTER}),
    deformable(inputs=((2, 8, 6, 7), ROIS, (4, 4, 2, 2)),
               params={"output_dim": 2, "pooled_size": 2, "group_size": 2, "part_size": 2,
                       "sample_per_part": 3, "trans_std": 0.125, **QUARTER}),
    deformable(inputs=((2, 9, 6, 7), ROIS, (4, 2, 2, 2)),
               params={"output_dim": 2, "pooled_size": 3, "group_size": 2, "part_size": 2,
                       "sample_per_part": 2, "trans_std": 0.125, **QUARTER}),
    deformable(inputs=((2, 8, 6, 7), ROIS),
               params={"output_dim": 2, "pooled_size": 2, "group_size": 2, "sample_per_part": 2,
                       "no_trans": True, **QUARTER}),
]
