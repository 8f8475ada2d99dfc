"""The cells under the module path that MXNet has."""

from . import BaseConvRNNCell as BaseConvRNNCell
from . import BaseRNNCell as BaseRNNCell
from . import BidirectionalCell as BidirectionalCell
from . import ConvGRUCell as ConvGRUCell
from . import ConvLSTMCell as ConvLSTMCell
from . import ConvRNNCell as ConvRNNCell
from . import DropoutCell as DropoutCell
from . import FusedRNNCell as FusedRNNCell
from . import GRUCell as GRUCell
from . import LSTMCell as LSTMCell
from . import ModifierCell as ModifierCell
from . import ResidualCell as ResidualCell
from . import RNNCell as RNNCell
from . import RNNParams as RNNParams
from . import SequentialRNNCell as SequentialRNNCell
from . import ZoneoutCell as ZoneoutCell
