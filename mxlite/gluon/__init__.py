"""`mx.gluon`: networks as blocks."""

from . import data as data
from . import loss as loss
from . import nn as nn
from . import utils as utils
from .block import Block as Block
from .constant import Constant as Constant
from .hybrid_block import HybridBlock as HybridBlock
from .parameter import DeferredInitializationError as DeferredInitializationError
from .parameter import Parameter as Parameter
from .parameter_dict import ParameterDict as ParameterDict
from .trainer import Trainer as Trainer
