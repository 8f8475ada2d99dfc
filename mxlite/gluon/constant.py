"""`Constant`: a parameter that is not learned."""

from __future__ import annotations

import json
import warnings
from typing import Any
from weakref import WeakValueDictionary

from .. import initializer
from .. import ndarray as nd
from ..base import MXNetValueError
from ..ndarray.numpy.switched import switched
from .parameter import Parameter

_values: WeakValueDictionary[str, nd.NDArray] = WeakValueDictionary()     # by their keys


@initializer.register
class ConstantValue(initializer.Initializer):
    """The value of a Constant, which graphs and files call by a key made of the value itself: it is
    found again in this process, and elsewhere in the file of parameters."""

    def __init__(self, key: str | None = None, value: nd.NDArray | None = None) -> None:
        super().__init__()
        if value is None:
            value = _values.get(str(key))
            if value is None:
                raise MXNetValueError(f"ConstantValue: there is no Constant of the key {key!r} in "
                                      "this process; give the parameters that were saved with it")
        self.value, self._key = value, key

    def dumps(self) -> str:
        """'["constantvalue", {"key": ...}]'."""
        if self._key is None:
            from hashlib import blake2b

            what = f"{self.value.shape} {self.value._dtype_name}".encode()
            self._key = blake2b(self.value.asnumpy().tobytes(), digest_size=16,
                                person=blake2b(what, digest_size=16).digest()).hexdigest()
        _values[self._key] = self.value
        return json.dumps(["constantvalue", {"key": self._key}])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ConstantValue) and self.dumps() == other.dumps()

    __hash__ = initializer.Initializer.__hash__

    def __repr__(self) -> str:
        return f"ConstantValue(shape={self.value.shape}, dtype={self.value._dtype_name})"

    def _init_weight(self, name: str, arr: nd.NDArray) -> None:
        arr[:] = self.value

    _init_default = _init_weight


class Constant(Parameter):
    """A parameter that no gradient changes: it keeps `value`, an array or nested lists."""

    def __init__(self, name: str, value: Any) -> None:
        self.value = value if isinstance(value, nd.NDArray) else switched(nd.array(value))
        super().__init__(name, grad_req="null", shape=self.value.shape, dtype=self.value.dtype,
                         init=ConstantValue(value=self.value))

    @property
    def grad_req(self) -> str:
        """Always 'null'."""
        return "null"

    @grad_req.setter
    def grad_req(self, req: str) -> None:
        if req != "null":
            warnings.warn(f"Constant '{self.name}' keeps grad_req 'null'; {req!r} is ignored",
                          stacklevel=2)
