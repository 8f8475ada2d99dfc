"""`IntervalSampler` under the module path that MXNet has."""

from ...data.sampler import IntervalSampler as IntervalSampler
