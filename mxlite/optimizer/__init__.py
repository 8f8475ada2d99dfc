"""`mx.optimizer`: rules that turn gradients into changes of weights."""

from ..ndarray import abs as NDabs  # noqa: F401  a name of MXNet's
from . import contrib as contrib
from .adam import LAMB as LAMB
from .adam import Adam as Adam
from .adam import Adamax as Adamax
from .adam import Nadam as Nadam
from .large_batch import LARS as LARS
from .large_batch import LBSGD as LBSGD
from .optimizer import Optimizer as Optimizer
from .optimizer import Test as Test
from .optimizer import create as create
from .optimizer import register as register
from .proximal import FTML as FTML
from .proximal import Ftrl as Ftrl
from .proximal import Signum as Signum
from .scaled import AdaDelta as AdaDelta
from .scaled import AdaGrad as AdaGrad
from .scaled import RMSProp as RMSProp
from .sgd import DCASGD as DCASGD
from .sgd import NAG as NAG
from .sgd import SGD as SGD
from .sgd import SGLD as SGLD
from .sgd import ccSGD as ccSGD
from .updater import Updater as Updater
from .updater import get_updater as get_updater
