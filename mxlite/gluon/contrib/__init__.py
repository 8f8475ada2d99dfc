"""`gluon.contrib`: what MXNet keeps there and is here already."""

from . import data as data
from . import nn as nn
