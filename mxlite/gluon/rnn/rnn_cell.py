"""The cells under the module path that MXNet has."""

from . import BidirectionalCell as BidirectionalCell
from . import DropoutCell as DropoutCell
from . import GRUCell as GRUCell
from . import HybridRecurrentCell as HybridRecurrentCell
from . import HybridSequentialRNNCell as HybridSequentialRNNCell
from . import LSTMCell as LSTMCell
from . import ModifierCell as ModifierCell
from . import RecurrentCell as RecurrentCell
from . import ResidualCell as ResidualCell
from . import RNNCell as RNNCell
from . import SequentialRNNCell as SequentialRNNCell
from . import ZoneoutCell as ZoneoutCell
