"""`gluon.contrib.data`: samplers and texts that MXNet keeps apart."""

from . import text as text
from .sampler import IntervalSampler as IntervalSampler
from .sampler import SplitSampler as SplitSampler
