"""`mx.sym`: graphs of operators."""
