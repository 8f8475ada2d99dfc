"""The operators of detection: boxes, anchors, and regions of maps."""

from . import boxes as boxes
from . import multibox as multibox
from . import nms as nms
from . import proposal as proposal
from . import psroi as psroi
from . import roi as roi
