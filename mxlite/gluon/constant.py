"""`Constant`: a parameter that is not learned."""

from __future__ import annotations

import warnings
from typing import Any

from .. import initializer
from .. import ndarray as nd
from ..ndarray.numpy.switched import switched
from .parameter import Parameter


class Constant(Parameter):
    """A parameter that no gradient changes: it keeps `value`, an array or nested lists."""

    def __init__(self, name: str, value: Any) -> None:
        self.value = value if isinstance(value, nd.NDArray) else switched(nd.array(value))
        super().__init__(name, grad_req="null", shape=self.value.shape, dtype=self.value.dtype,
                         init=initializer.Constant(self.value))

    @property
    def grad_req(self) -> str:
        """Always 'null'."""
        return "null"

    @grad_req.setter
    def grad_req(self, req: str) -> None:
        if req != "null":
            warnings.warn(f"Constant '{self.name}' keeps grad_req 'null'; {req!r} is ignored",
                          stacklevel=2)
