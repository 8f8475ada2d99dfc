"""`mx.contrib.quantization`: networks of float32 as ones of 8-bit integers.

graph.py makes the graph, collectors.py sees what ranges its arrays have, model.py and net.py do
both with a graph and its parameters, and with a Gluon network.
"""

from ...context import cpu as cpu
from ...ndarray import load as nd_load
from ...ndarray import save as nd_save
from ...symbol import load as sym_load
from .collectors import combine_histogram as combine_histogram
from .model import calib_graph as calib_graph
from .model import quantize_graph as quantize_graph
from .model import quantize_model as quantize_model
from .model import quantize_model_mkldnn as quantize_model_mkldnn
from .net import quantize_net as quantize_net
from .net import quantize_net_v2 as quantize_net_v2

__all__ = ["calib_graph", "combine_histogram", "cpu", "nd_load", "nd_save", "quantize_graph",
           "quantize_model", "quantize_model_mkldnn", "quantize_net", "quantize_net_v2", "sym_load"]
