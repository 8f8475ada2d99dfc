"""The table of samples: every operator with inputs, parameters and, in float64, its result."""

from . import (
    attention,
    boxes,
    contrib,
    densities,
    image_layers,
    indexing,
    leaky_relu,
    linalg,
    losses,
    maps,
    nn,
    norm,
    pointwise,
    quantization,
    reduce,
    regions,
    resample,
    rnn,
    shape,
)
from .sample import FLOATS as FLOATS
from .sample import Sample as Sample
from .sample import outputs_of as outputs_of

FAMILIES = {
    "pointwise": pointwise.SAMPLES,
    "reduce": reduce.SAMPLES,
    "shape": shape.SAMPLES,
    "indexing": indexing.SAMPLES,
    "nn": nn.SAMPLES,
    "leaky_relu": leaky_relu.SAMPLES,
    "norm": norm.SAMPLES,
    "losses": losses.SAMPLES,
    "attention": attention.SAMPLES,
    "linalg": linalg.SAMPLES,
    "densities": densities.SAMPLES,
    "boxes": boxes.SAMPLES,
    "regions": regions.SAMPLES,
    "maps": maps.SAMPLES,
    "image_layers": image_layers.SAMPLES,
    "resample": resample.SAMPLES,
    "rnn": rnn.SAMPLES,
    "contrib": contrib.SAMPLES,
    "quantization": quantization.SAMPLES,
}
SAMPLES = [sample for family in FAMILIES.values() for sample in family]
