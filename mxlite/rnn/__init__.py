"""`mx.rnn`: recurrent cells of Symbols, and batches of sentences. Gluon has its own cells."""

from .base_cell import BaseRNNCell as BaseRNNCell
from .base_cell import RNNParams as RNNParams
from .cells import GRUCell as GRUCell
from .cells import LSTMCell as LSTMCell
from .cells import RNNCell as RNNCell
from .containers import BidirectionalCell as BidirectionalCell
from .containers import SequentialRNNCell as SequentialRNNCell
from .conv_cells import BaseConvRNNCell as BaseConvRNNCell
from .conv_cells import ConvGRUCell as ConvGRUCell
from .conv_cells import ConvLSTMCell as ConvLSTMCell
from .conv_cells import ConvRNNCell as ConvRNNCell
from .fused_cell import FusedRNNCell as FusedRNNCell
from .io import BucketSentenceIter as BucketSentenceIter
from .io import encode_sentences as encode_sentences
from .modifiers import DropoutCell as DropoutCell
from .modifiers import ModifierCell as ModifierCell
from .modifiers import ResidualCell as ResidualCell
from .modifiers import ZoneoutCell as ZoneoutCell
from .rnn import do_rnn_checkpoint as do_rnn_checkpoint
from .rnn import load_checkpoint as load_checkpoint
from .rnn import load_rnn_checkpoint as load_rnn_checkpoint
from .rnn import rnn_unroll as rnn_unroll
from .rnn import save_checkpoint as save_checkpoint
from .rnn import save_rnn_checkpoint as save_rnn_checkpoint

# what takes its names from here
# isort: split
from . import rnn_cell as rnn_cell
