"""`gluon.contrib.data`: samplers that MXNet keeps apart."""

from .sampler import IntervalSampler as IntervalSampler
