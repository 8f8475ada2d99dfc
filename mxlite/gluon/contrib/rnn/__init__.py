"""`gluon.contrib.rnn`: cells that MXNet keeps apart."""

from .conv_cells import Conv1DGRUCell as Conv1DGRUCell
from .conv_cells import Conv1DLSTMCell as Conv1DLSTMCell
from .conv_cells import Conv1DRNNCell as Conv1DRNNCell
from .conv_cells import Conv2DGRUCell as Conv2DGRUCell
from .conv_cells import Conv2DLSTMCell as Conv2DLSTMCell
from .conv_cells import Conv2DRNNCell as Conv2DRNNCell
from .conv_cells import Conv3DGRUCell as Conv3DGRUCell
from .conv_cells import Conv3DLSTMCell as Conv3DLSTMCell
from .conv_cells import Conv3DRNNCell as Conv3DRNNCell
from .rnn_cell import LSTMPCell as LSTMPCell
from .rnn_cell import VariationalDropoutCell as VariationalDropoutCell
from .rnn_cell import dynamic_unroll as dynamic_unroll
