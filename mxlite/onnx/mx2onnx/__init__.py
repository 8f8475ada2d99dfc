"""A Symbol and its parameters written as an ONNX model."""

from .. import export_model as export_model
from .. import get_operator_support as get_operator_support
