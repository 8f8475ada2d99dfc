"""`gluon.model_zoo`: well-known networks, and their trained parameters."""

from . import model_store as model_store
from . import vision as vision
