"""`IntervalSampler` and `SplitSampler` under the module path that MXNet has."""

from ...data.sampler import IntervalSampler as IntervalSampler
from ...data.sampler import SplitSampler as SplitSampler
