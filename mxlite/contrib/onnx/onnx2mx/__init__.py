"""ONNX models as Symbols with their parameters; `import_model` has what users call."""
