"""`gluon.rnn`: cells that compute a step of a sequence, and layers that compute all of them."""

from .cells import GRUCell as GRUCell
from .cells import LSTMCell as LSTMCell
from .cells import RNNCell as RNNCell
from .containers import BidirectionalCell as BidirectionalCell
from .containers import HybridSequentialRNNCell as HybridSequentialRNNCell
from .containers import SequentialRNNCell as SequentialRNNCell
from .layers import GRU as GRU
from .layers import LSTM as LSTM
from .layers import RNN as RNN
from .modifiers import DropoutCell as DropoutCell
from .modifiers import ModifierCell as ModifierCell
from .modifiers import ResidualCell as ResidualCell
from .modifiers import ZoneoutCell as ZoneoutCell
from .recurrent_cell import HybridRecurrentCell as HybridRecurrentCell
from .recurrent_cell import RecurrentCell as RecurrentCell

# what takes its names from here
# isort: split
from . import rnn_cell as rnn_cell
from . import rnn_layer as rnn_layer
