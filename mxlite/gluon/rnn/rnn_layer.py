"""The layers under the module path that MXNet has."""

from . import GRU as GRU
from . import LSTM as LSTM
from . import RNN as RNN
from .layers import _RNNLayer as _RNNLayer
