"""`mx.init`: how parameters get their first values."""

from ..ndarray import load as load  # MXNet has it here, too
from .base import InitDesc as InitDesc
from .base import Initializer as Initializer
from .base import alias as alias
from .base import create as create
from .base import register as register
from .random import MSRAPrelu as MSRAPrelu
from .random import Normal as Normal
from .random import Orthogonal as Orthogonal
from .random import Uniform as Uniform
from .random import Xavier as Xavier
from .rnn import FusedRNN as FusedRNN
from .saved import Load as Load
from .saved import Mixed as Mixed
from .simple import Bilinear as Bilinear
from .simple import Constant as Constant
from .simple import LSTMBias as LSTMBias
from .simple import One as One
from .simple import Zero as Zero
