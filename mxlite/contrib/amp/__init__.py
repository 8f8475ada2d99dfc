"""`mx.contrib.amp`: mixed precision, in which operators that gain from it compute with 16 bits.

lists.py names operators, rules.py casts for them; amp.py does so for all calls and scales losses,
conversion.py in graphs and networks that are there.
"""

from . import amp as amp
from . import lists as lists
from . import loss_scaler as loss_scaler
from .amp import init as init
from .amp import init_trainer as init_trainer
from .amp import list_conditional_fp32_ops as list_conditional_fp32_ops
from .amp import list_fp32_ops as list_fp32_ops
from .amp import list_loss_output_functions as list_loss_output_functions
from .amp import list_lp16_fp32_ops as list_lp16_fp32_ops
from .amp import list_lp16_ops as list_lp16_ops
from .amp import list_lp16_use_fp32_params as list_lp16_use_fp32_params
from .amp import list_widest_type_cast as list_widest_type_cast
from .amp import scale_loss as scale_loss
from .amp import unscale as unscale
from .conversion import convert_hybrid_block as convert_hybrid_block
from .conversion import convert_model as convert_model
from .conversion import convert_symbol as convert_symbol

__all__ = [
    "amp", "convert_hybrid_block", "convert_model", "convert_symbol", "init", "init_trainer",
    "list_conditional_fp32_ops", "list_fp32_ops", "list_loss_output_functions",
    "list_lp16_fp32_ops", "list_lp16_ops", "list_lp16_use_fp32_params", "list_widest_type_cast",
    "lists", "loss_scaler", "scale_loss", "unscale",
]
