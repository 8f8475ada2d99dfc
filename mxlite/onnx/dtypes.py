"""The numbers that ONNX has for dtypes."""

from onnx import TensorProto

NUMBERS = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE,
           "float16": TensorProto.FLOAT16, "bfloat16": TensorProto.BFLOAT16,
           "int8": TensorProto.INT8, "uint8": TensorProto.UINT8, "int32": TensorProto.INT32,
           "int64": TensorProto.INT64, "bool": TensorProto.BOOL}
