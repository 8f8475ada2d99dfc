"""`gluon.contrib`: what MXNet keeps there and is here already."""

from . import cnn as cnn
from . import data as data
from . import estimator as estimator
from . import nn as nn
from . import rnn as rnn
