"""A Symbol and its parameters written as an ONNX model."""
