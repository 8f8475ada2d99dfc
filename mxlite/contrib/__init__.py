"""`mx.contrib`: what MXNet keeps there and is here already."""

from . import amp as amp
from . import autograd as autograd
from . import io as io
from . import ndarray as nd
from . import ndarray as ndarray
from . import onnx as onnx
from . import quantization as quantization
from . import svrg_optimization as svrg_optimization
from . import symbol as sym
from . import symbol as symbol
from . import tensorboard as tensorboard
from . import text as text

__all__ = ["amp", "autograd", "io", "nd", "ndarray", "onnx", "quantization", "svrg_optimization",
           "sym", "symbol", "tensorboard", "text"]
