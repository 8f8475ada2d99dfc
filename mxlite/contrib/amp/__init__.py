"""`mx.contrib.amp`: training with gradients of 16 bits, whose loss is scaled."""

from . import amp as amp
from . import loss_scaler as loss_scaler
from .amp import init as init
from .amp import init_trainer as init_trainer
from .amp import scale_loss as scale_loss
from .amp import unscale as unscale

__all__ = ["amp", "init", "init_trainer", "loss_scaler", "scale_loss", "unscale"]
