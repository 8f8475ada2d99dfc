"""Devices: contexts, memory, and the table of kernels."""
