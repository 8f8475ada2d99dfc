"""`Symbol`: one or several outputs of a graph, which runs when it is bound to arrays."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..base import (
    MXNetError,
    MXNetIndexError,
    MXNetTypeError,
    MXNetValueError,
    WrongKindError,
    dtype_name,
    from_package,
)
from ..ndarray.host_values import shown_dtype
from ..wording import listing, suggestion
from .array_only import ArrayOnly
from .graph import HIDDEN, Entry, Node, auxiliary, copied, shown_attributes, topological
from .infer import (
    by_name,
    checked_shape,
    graph_dtypes,
    graph_shapes,
    is_undecided,
    shown_shape,
    shown_shapes,
    sorted_out,
)


class Symbol(ArrayOnly):
    """Outputs of a graph of operators. Made by `mx.sym.var` and the operators of `mx.sym`.

    It has no values: `bind` and `simple_bind` give it arrays, `eval` runs it once.
    """

    __array_priority__ = 1000.0
    __slots__ = ("_found", "heads")
    _result_kind: type[Symbol]          # the class of results of operators on Symbols of this class

    def __init__(self, heads: Sequence[Entry]) -> None:
        self.heads = list(heads)
        self._found: tuple[list[Node], list[Node], list[Node]] | None = None

    def __repr__(self) -> str:
        if self.name is None:
            return f"<Symbol group [{', '.join(head.node.name for head in self.heads)}]>"
        return f"<Symbol {self.name}>"

    # Outputs -------------------------------------------------------------------------------------

    @property
    def name(self) -> str | None:
        """The name of the node; None where the outputs come from several nodes."""
        nodes = {head.node for head in self.heads}
        return self.heads[0].node.name if len(nodes) == 1 else None

    def __len__(self) -> int:
        return len(self.heads)

    def __iter__(self) -> Iterator[Symbol]:
        return iter([self._result_kind([head]) for head in self.heads])

    def __getitem__(self, key: Any) -> Symbol:
        """One output: by its number or full name, "fc1_output"; several: by a slice.

        An output, not an element: `x[0]` of a Symbol with one output is `x`. `slice_axis` and kin
        take parts of arrays. Raises IndexError, ValueError for a name that is not or twice there.
        """
        self._check_index(key)
        if isinstance(key, slice):
            heads = self.heads[key]
            if not heads:
                raise MXNetTypeError(f"Symbol {self.name or 'group'} has {len(self.heads)} "
                                     f"outputs, of which {key} takes none")
            return self._result_kind(heads)
        if isinstance(key, str):
            return self._result_kind([self.heads[self._output_named(key)]])
        if isinstance(key, bool) or not isinstance(key, int):
            raise MXNetTypeError(f"Symbol: an output is a number, a name or a slice; got {key!r}")
        if key < 0:
            raise MXNetError(f"Symbol: the number of an output must be at least 0; got {key}")
        if key >= len(self.heads):
            raise MXNetIndexError(f"Symbol {self.name or 'group'} has {len(self.heads)} outputs; "
                                  f"got the number {key}")
        return self._result_kind([self.heads[key]])

    def _output_named(self, name: str) -> int:
        names = self.list_outputs()
        if names.count(name) > 1:
            raise MXNetValueError(f"Symbol: there are {names.count(name)} outputs named {name!r}")
        if name not in names:
            raise MXNetValueError(
                f"Symbol: there is no output named {name!r}{suggestion(name, names)}")
        return names.index(name)

    def list_outputs(self) -> list[str]:
        """The names of the outputs: "fc1_output"; a variable's is its own."""
        return [head.name for head in self.heads]

    # Inputs --------------------------------------------------------------------------------------

    def list_inputs(self) -> list[str]:
        """The names of all variables, depth first, auxiliary states among them."""
        return [node.name for node in self._variables()]

    def list_arguments(self) -> list[str]:
        """The names of the variables that are no auxiliary states, depth first."""
        states = set(self._states())
        return [node.name for node in self._variables() if node not in states]

    def list_auxiliary_states(self) -> list[str]:
        """The names of the variables that operators write to, such as moving averages."""
        return [node.name for node in self._states()]

    def _nodes(self) -> list[Node]:
        """All nodes, inputs before what reads them."""
        return self._walked()[0]

    def _variables(self) -> list[Node]:
        return self._walked()[1]

    def _states(self) -> list[Node]:
        return self._walked()[2]

    def _walked(self) -> tuple[list[Node], list[Node], list[Node]]:
        """The nodes, and the variables and auxiliary states among them; found once, since what is
        behind the heads of a Symbol does not change."""
        if self._found is None:
            nodes = topological(self.heads)
            states = auxiliary(nodes)
            self._found = (nodes, [node for node in nodes if node.is_variable],
                           [node for node in nodes if node in states])
        return self._found

    def get_internals(self) -> Symbol:
        """A Symbol of all outputs of all nodes, variables too, depth first."""
        return Symbol([Entry(node, i) for node in self._nodes()
                       for i in range(node.num_outputs)])

    def get_children(self) -> Symbol | None:
        """A Symbol of the inputs of this node; None if it has none."""
        inputs = [source for node in dict.fromkeys(head.node for head in self.heads)
                  for source in node.inputs]
        return Symbol(inputs) if inputs else None

    # Attributes ----------------------------------------------------------------------------------

    def attr(self, key: str) -> str | None:
        """The attribute of this node; None if it has none of this name."""
        return self.list_attr().get(key)

    def list_attr(self, recursive: bool = False) -> dict[str, str]:
        """The attributes of this node: its parameters, and those of users. A group has none."""
        if recursive:
            raise DeprecationWarning(
                "Symbol.list_attr with recursive=True has been deprecated. Use attr_dict instead.")
        if self.name is None:
            return {}
        return shown_attributes(self.heads[0].node)

    def attr_dict(self) -> dict[str, dict[str, str]]:
        """The attributes of all nodes that have some, by the nodes' names."""
        every: dict[str, dict[str, str]] = {}
        for node in self._nodes():          # an operator may have the name of its own input
            every.setdefault(node.name, {}).update(shown_attributes(node))
        return {name: attrs for name, attrs in every.items() if attrs}

    def _set_attr(self, **attrs: str) -> None:
        """Set attributes of this node: those of users, and parameters of its operator."""
        if self.name is None:
            raise MXNetError("Symbol: a group of several nodes has no attributes of its own")
        for name, value in attrs.items():
            if not isinstance(value, str):
                raise WrongKindError(f"Symbol: attribute {name!r} must be a string; got {value!r}")
        self.heads[0].node.set_attributes(
            {f"__{name}__" if name in HIDDEN else name: value for name, value in attrs.items()})

    # Composing -----------------------------------------------------------------------------------

    def __call__(self, *args: Any, name: str | None = None, **kwargs: Any) -> Symbol:
        """A copy in which variables are replaced by other Symbols: net(data=other)."""
        if args and kwargs:
            raise MXNetTypeError("compose only accept input Symbols either as positional or "
                                 "keyword arguments, not both")
        if args:
            raise MXNetError("Symbol: variables are replaced by name, net(data=other)")
        for key, value in kwargs.items():
            if not isinstance(value, Symbol):
                raise MXNetTypeError(f"Symbol: {key} must be a Symbol; got {type(value).__name__}")
            if len(value.heads) != 1:
                raise MXNetError(f"Symbol: {key} must have one output; got {len(value.heads)}")
        known = self.list_inputs()
        for key in kwargs:
            if key not in known:
                raise MXNetError(f"Symbol: there is no variable named {key!r}; there are "
                                 f"{', '.join(known)}{suggestion(key, known)}")

        def change(node: Node) -> Entry | None:
            if not node.is_variable:
                return None
            other = kwargs.get(node.name)
            return Entry(node, 0) if other is None else other.heads[0]

        result = Symbol(copied(self.heads, change))
        if name is not None:
            result.heads[0].node.name = name
        return result

    def _compose(self, *args: Any, name: str | None = None, **kwargs: Any) -> None:
        """Replace variables of this Symbol itself, as a call does in a copy."""
        self.heads, self._found = self(*args, name=name, **kwargs).heads, None

    def __copy__(self) -> Symbol:
        return self.__deepcopy__(None)

    def __deepcopy__(self, memo: Any) -> Symbol:
        return Symbol(copied(self.heads, lambda node: None))

    def __reduce__(self) -> Any:
        from . import load_json
        return load_json, (self.tojson(remove_amp_cast=False),)

    # Inference -----------------------------------------------------------------------------------

    def infer_shape(self, *args: Any, **kwargs: Any) -> tuple[Any, Any, Any]:
        """Shapes of (arguments, outputs, auxiliary states), from those of some arguments.

        infer_shape(data=(32, 784)): by name, or by position. 0 stands for an unknown length.
        Returns (None, None, None), and warns, where they do not all follow. Raises MXNetError where
        they contradict each other.
        """
        every = self._inferred_shapes(args, kwargs)
        if any(map(is_undecided, itertools.chain(*every))):
            names = [*self.list_arguments(), *self.list_outputs(), *self.list_auxiliary_states()]
            missing = [f"{name}: {shown_shape(shape)}" for name, shape in
                       zip(names, itertools.chain(*every), strict=True) if is_undecided(shape)]
            warnings.warn("Cannot decide shape for the following arguments (0s in shape means "
                          "unknown dimensions). Consider providing them as input:\n\t"
                          + "\n\t".join(missing), stacklevel=2)
            return None, None, None
        return shown_shapes(every)

    def infer_shape_partial(self, *args: Any, **kwargs: Any) -> tuple[Any, Any, Any]:
        """As infer_shape; what does not follow is 0 or ()."""
        return shown_shapes(self._inferred_shapes(args, kwargs))

    def _inferred_shapes(self, args: Any, kwargs: Any) -> tuple[Any, Any, Any]:
        given = {name: checked_shape("infer_shape", name, shape) for name, shape in
                 by_name("infer_shape", self, args, kwargs).items()}
        return sorted_out(self, graph_shapes(self.heads, given, self._nodes()))

    def infer_type(self, *args: Any, **kwargs: Any) -> tuple[Any, Any, Any]:
        """dtypes of (arguments, outputs, auxiliary states), from those of some arguments.

        Returns (None, None, None) where they do not all follow.
        """
        result = self.infer_type_partial(*args, **kwargs)
        return (None, None, None) if any(None in types for types in result) else result

    def infer_type_partial(self, *args: Any, **kwargs: Any) -> tuple[Any, Any, Any]:
        """As infer_type; what does not follow is None."""
        given = {name: dtype_name(dtype) for name, dtype in
                 by_name("infer_type", self, args, kwargs).items()}
        arguments, outputs, states = [
            [None if name is None else shown_dtype(name) for name in names]
            for names in sorted_out(self, graph_dtypes(self.heads, given, self._nodes()))]
        return arguments, outputs, states

    # Running -------------------------------------------------------------------------------------

    def bind(self, ctx: Any, args: Any, args_grad: Any = None, grad_req: Any = "write",
             aux_states: Any = None, group2ctx: Any = None, shared_exec: Any = None) -> Any:
        """An Executor on these arrays, which it shares.

        args, args_grad, aux_states: lists in the order of list_arguments and
        list_auxiliary_states, or dicts by name. grad_req: "write", "add" or "null", one for all, a
        list, or a dict. group2ctx: the context of each `ctx_group`.
        """
        from .binding import bind
        return bind(self, ctx, args, args_grad, grad_req, aux_states, group2ctx)

    def simple_bind(self, ctx: Any, grad_req: Any = "write", type_dict: Any = None,
                    stype_dict: Any = None, group2ctx: Any = None, shared_arg_names: Any = None,
                    shared_exec: Any = None, shared_buffer: Any = None, **kwargs: Any) -> Any:
        """An Executor on arrays of zeros, whose shapes follow from those given by name.

        type_dict: dtypes by name; without it arguments are float32. stype_dict: storage types by
        name; without it those of the variables, 'default' where they have none. shared_exec: takes
        the arrays of shared_arg_names, and the auxiliary states, from this Executor; shared_buffer:
        a dict in whose arrays all others lie. Names that are no variables' are passed over.
        """
        from .binding import simple_bind
        return simple_bind(self, ctx, grad_req, type_dict, group2ctx, shared_arg_names,
                           shared_exec, shared_buffer, kwargs, stype_dict)

    def optimize_for(self, backend: str, args: Any = None, aux: Any = None, ctx: Any = None,
                     shape_dict: Any = None, type_dict: Any = None, stype_dict: Any = None,
                     skip_infer: bool = False, **kwargs: Any) -> Symbol:
        """This Symbol: MXNet gives parts of a graph to libraries of a backend here, as far as it
        has that; there are none. Warns, unless it is the CPU's, "MKLDNN".

        An Executor makes fewer and faster steps of a graph of its own accord.
        """
        from .backends import passed_over
        passed_over("Symbol.optimize_for", backend)
        return self

    def get_backend_symbol(self, backend: str) -> Symbol:
        """This Symbol, for the CPU's backends, "MKLDNN", "MKLDNN_QUANTIZE"; raises for others."""
        from .backends import OF_CPU
        if backend not in OF_CPU:
            raise MXNetValueError(f"Symbol.get_backend_symbol: backend must be {listing(OF_CPU)}, "
                                  f"with which the graph stays as it is; got {backend!r}")
        return self

    def split_v2(self, indices_or_sections: Any, axis: int = 0,
                 squeeze_axis: bool = False) -> Symbol:
        """mx.sym.split_v2 of this Symbol."""
        from .creation import split_v2
        return split_v2(self, indices_or_sections, axis, squeeze_axis)

    def eval(self, ctx: Any = None, **kwargs: Any) -> list[Any]:
        """The outputs, a list of arrays, for variables given by name."""
        from .binding import evaluated
        return evaluated(self, ctx, kwargs)

    # Files and texts, by modules of their own ----------------------------------------------------

    def tojson(self, remove_amp_cast: bool = True) -> str:
        """The graph in MXNet's JSON, which MXNet 1.9.1 reads.

        remove_amp_cast: without the casts of mixed precision (`amp_cast`) between nodes.
        """
        from .json_writer import to_json
        return to_json(self.heads, remove_amp_cast)

    def save(self, fname: Any, remove_amp_cast: bool = True) -> None:
        """Write the graph to a file, whole or not at all: "net-symbol.json"."""
        from ..whole_file import replacing
        with replacing(fname) as file:
            file.write(self.tojson(remove_amp_cast).encode())

    def debug_str(self) -> str:
        """The nodes of the graph, a line an input."""
        from .printing import graph_text
        return graph_text(self.heads)


Symbol._result_kind = Symbol


if not TYPE_CHECKING:
    def __getattr__(name: str) -> Any:
        """What MXNet has in this module, and the package from another."""
        return from_package(__name__, name)
