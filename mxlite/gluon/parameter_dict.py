"""`ParameterDict`: the parameters of a block by name, with a prefix and shared ones."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any

from .. import initializer
from .. import ndarray as nd
from ..arguments import NamesArguments
from ..base import AssertedValueError, MXNetKeyError, MXNetTypeError, MXNetValueError
from ..device.context import Context, contexts_of
from ..wording import shown
from .agreement import agree, load_all
from .constant import Constant
from .files import load_arrays, missing_names, strip_markers
from .parameter import Parameter


class ParameterDict(NamesArguments):
    """Parameters by full name. `get("weight")` finds or makes the one called prefix + "weight".

    shared: another ParameterDict in which `get` looks, so that blocks can share parameters.
    """

    def __init__(self, prefix: str = "", shared: ParameterDict | None = None) -> None:
        self._prefix = prefix
        self._params: dict[str, Parameter] = {}
        self._shared = shared

    @property
    def prefix(self) -> str:
        """What every name made by `get` starts with."""
        return self._prefix

    def __getitem__(self, key: str) -> Parameter:
        if key not in self._params:
            raise MXNetKeyError(f"ParameterDict '{self._prefix}' has no parameter {key!r}"
                                f"{missing_names(key, self._params)}")
        return self._params[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._params)

    def __len__(self) -> int:
        return len(self._params)

    def __contains__(self, key: object) -> bool:
        return key in self._params

    def items(self) -> ItemsView[str, Parameter]:
        """(name, Parameter) pairs."""
        return self._params.items()

    def keys(self) -> KeysView[str]:
        """The full names."""
        return self._params.keys()

    def values(self) -> ValuesView[Parameter]:
        """The Parameters."""
        return self._params.values()

    def __repr__(self) -> str:
        lines = [f"  {param!r}" for param in self.values()]
        return "\n".join([f"{self._prefix} (" if self._prefix else "(", *lines, ")"])

    def _find(self, name: str) -> Parameter | None:
        if name not in self._params and self._shared is not None and name in self._shared:
            self._params[name] = self._shared[name]
        return self._params.get(name)

    def get(self, name: str, **kwargs: Any) -> Parameter:
        """The parameter prefix + name; made with these arguments of Parameter if it is new.

        Raises MXNetValueError if it exists with another value for one of them.
        """
        name = self._prefix + name
        param = self._find(name)
        if param is None:
            param = self._params[name] = Parameter(name, **kwargs)
        else:
            agree(param, **kwargs)
        return param

    def get_constant(self, name: str, value: Any = None) -> Constant:
        """The constant prefix + name; made with this value if it is new."""
        name = self._prefix + name
        param = self._find(name)
        if param is None:
            if value is None:
                raise MXNetKeyError(f"there is no constant named {name!r}; give a value to make it")
            param = self._params[name] = Constant(name, value)
        elif not isinstance(param, Constant):
            raise MXNetValueError(f"{param} is no constant")
        elif value is not None and not (nd.array(value) == param.value).asnumpy().all():
            raise MXNetValueError(f"constant {name!r} is there with another value")
        return param

    def update(self, other: ParameterDict | Mapping[str, Parameter]) -> None:
        """Take over the parameters of `other`; raises if another one has the same name."""
        for name, param in other.items():
            if not isinstance(param, Parameter):
                raise MXNetTypeError(f"ParameterDict.update: {name!r} must be a Parameter; "
                                     f"got {shown(param)}")
            if self._params.get(name, param) is not param:
                raise MXNetValueError(
                    f"cannot update: there are two different parameters named {name!r}")
        self._params.update(other.items())

    def initialize(self, init: Any = None, ctx: Context | Iterable[Context] | None = None,
                   verbose: bool = False, force_reinit: bool = False) -> None:
        """Initialize every parameter: by its own `init`, else by this one (Uniform())."""
        init = initializer.Uniform() if init is None else initializer.create(init)
        if verbose:
            init.set_verbosity(verbose=verbose)
        contexts = contexts_of(ctx)
        for param in self.values():
            param.initialize(None, contexts, init, force_reinit=force_reinit)

    def zero_grad(self) -> None:
        """Set all gradients to zeros."""
        for param in self.values():
            param.zero_grad()

    def reset_ctx(self, ctx: Any) -> None:
        """Move every parameter to these contexts."""
        for param in self.values():
            param.reset_ctx(ctx)

    def list_ctx(self) -> list[Context]:
        """All contexts on which parameters are."""
        contexts = {ctx: None for param in self.values() for ctx in param.list_ctx()}
        return list(contexts)

    def setattr(self, name: str, value: Any) -> None:
        """Set an attribute of every parameter: `setattr("grad_req", "null")`."""
        for param in self.values():
            setattr(param, name, value)

    def save(self, filename: str, strip_prefix: str = "") -> None:
        """Write the parameters to a `.params` file, names without `strip_prefix`."""
        arrays = {}
        for param in self.values():
            if not param.name.startswith(strip_prefix):
                raise MXNetValueError(
                    f"save: every name must start with strip_prefix, {strip_prefix!r}; "
                    f"got {param.name!r}")
            arrays[param.name[len(strip_prefix):]] = param.reduced()
        nd.save(filename, arrays)

    def load(self, filename: str, ctx: Any = None, allow_missing: bool = False,
             ignore_extra: bool = False, restore_prefix: str = "", cast_dtype: bool = False,
             dtype_source: str = "current") -> None:
        """Read parameters from a `.params` file whose names, after restore_prefix, fit these."""
        for name in self.keys():
            if not name.startswith(restore_prefix):
                raise AssertedValueError(f"load: every name must start with restore_prefix, "
                                         f"{restore_prefix!r}; got {name!r}")
        self.load_dict(load_arrays(filename), ctx, allow_missing, ignore_extra, restore_prefix,
                       filename, cast_dtype, dtype_source)

    def load_dict(self, param_dict: dict[str, nd.NDArray], ctx: Any = None,
                  allow_missing: bool = False, ignore_extra: bool = False,
                  restore_prefix: str = "", filename: str | None = None, cast_dtype: bool = False,
                  dtype_source: str = "current") -> None:
        """Set parameters from a dict of arrays; see `load`."""
        source = f"file {filename!r}" if filename else "the dict"
        arrays = {restore_prefix + name: array
                  for name, array in strip_markers(param_dict).items()}
        load_all(self._params, arrays, source, ctx, allow_missing, ignore_extra, cast_dtype,
                 dtype_source, is_ours=False)
