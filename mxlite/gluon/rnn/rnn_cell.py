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
from .cell_functions import cells_begin_state as _cells_begin_state  # noqa: F401  which cells of users
from .cell_functions import cells_state_info as _cells_state_info  # noqa: F401  call
from .cell_functions import format_sequence as _format_sequence  # noqa: F401
from .cell_functions import masked as _mask_sequence_variable_length  # noqa: F401
from .recurrent_cell import begun as _get_begin_state  # noqa: F401
