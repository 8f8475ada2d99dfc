"""The operators. Importing this fills `schema.REGISTRY`; the kernels are loaded first."""

from ..device import core as _core

CPU = _core.load_cpu_kernels()
"""The instruction set that the CPU kernels were loaded for: baseline, avx2 or avx512."""
