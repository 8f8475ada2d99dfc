"""Stochastic variance reduced gradients (Johnson and Zhang, 2013)."""

from . import svrg_module as svrg_module
from . import svrg_optimizer as svrg_optimizer
