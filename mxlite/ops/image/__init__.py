"""The operators of `mx.nd.image`, whose full names begin with `_image_`."""

from . import color as color
from . import flip as flip
from . import geometry as geometry
from . import tensor as tensor
