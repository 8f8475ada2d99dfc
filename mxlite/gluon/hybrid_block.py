"""`HybridBlock`: a block written for `F`, which is `mx.nd`, or `mx.sym` when it is traced."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from .. import ndarray as nd
from .. import symbol as sym
from ..arguments import check_callable
from ..base import MXNetError, MXNetTypeError, MXNetValueError, WrongKindError
from ..ndarray.tape import is_training
from ..ops.placeholder import Placeholder
from ..symbol.backends import passed_over
from ..symbol.cached_op import CachedOp
from ..wording import no_array, suggestion
from .block import Block
from .cached_graph import CachedGraph, infer_by_graph, trace, without_missing
from .inference import PlaceholderTracer
from .parameter import DeferredInitializationError, Parameter
from .utils import shape_is_known

FLAGS = ("static_alloc", "static_shape", "inline_limit", "forward_bulk_size",
         "backward_bulk_size", "backend", "backend_opts", "clear")


class HybridBlock(Block):
    """Override hybrid_forward(F, x, ..., **params): `F` has the operators, `params` the arrays.

    Parameters set as attributes arrive as keyword arguments of those names. Children must be
    HybridBlocks too.
    """

    def __init__(self, prefix: str | None = None, params: Any = None, **unknown: Any) -> None:
        # (Parameter.changes, context, arrays by attribute name) of the last call
        self._cached: tuple[int, Any, dict[str, nd.NDArray]] | None = None
        self._active = False
        self._flags: dict[str, Any] = {}
        self._graphs: dict[bool, CachedGraph] = {}      # by whether it is training
        self._op_hook: tuple[Callable[..., Any], bool] | None = None
        super().__init__(prefix, params, **unknown)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if isinstance(value, Parameter):
            object.__setattr__(self, "_cached", None)
            self._clear_graphs()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_cached": None, "_graphs": {}}

    def _clear_graphs(self) -> None:
        """Forget the graphs: the next call traces anew."""
        object.__setattr__(self, "_graphs", {})

    _clear_cached_op = _clear_graphs            # MXNet's name, which blocks of users call

    @property
    def _cached_graph(self) -> tuple[Any, ...]:
        """(inputs, outputs), Symbols, of the graph that was traced; () where none has been."""
        graph = next(iter(self._graphs.values()), None)
        return () if graph is None else (list(graph.inputs), graph.symbol)

    @property
    def _in_format(self) -> Any:
        """How the inputs of the traced graph are nested, [0, [0, 0]]; None before."""
        return next(iter(self._graphs.values())).formats[0] if self._graphs else None

    @property
    def _out_format(self) -> Any:
        """The same of the outputs."""
        return next(iter(self._graphs.values())).formats[1] if self._graphs else None

    @property
    def _cached_op(self) -> CachedOp | None:
        """That graph as a function of arrays, in the order of its list_inputs(); None before."""
        return CachedOp(self._cached_graph[1]) if self._graphs else None

    def _get_graph(self, *args: Any) -> tuple[list[Any], Any]:
        """(inputs, outputs), Symbols, of this block for such arguments, or as it was traced."""
        if self._cached_graph:
            return self._cached_graph[0], self._cached_graph[1]
        outputs, _, inputs, _ = trace(self, without_missing(args))
        return inputs, outputs

    def register_child(self, block: Block, name: str | None = None) -> None:
        """Make `block`, a HybridBlock, a child of this one."""
        if not isinstance(block, HybridBlock):
            raise WrongKindError(
                f"Children of HybridBlock must also be HybridBlock, but {block!r} has type "
                f"{type(block).__name__}. If you are using Sequential, please try "
                "HybridSequential instead.")
        super().register_child(block, name)
        self._clear_graphs()

    def hybridize(self, active: bool = True, **kwargs: Any) -> None:
        """Run this block as one graph from now on, traced at the next call.

        hybrid_forward is then called with `F = mx.sym` and Symbols, once for training and once for
        inference: what it does besides calling operators happens only then. active=False: run
        eagerly again. The flags of MXNet are taken: memory is planned, and shapes are prepared
        once, with any of them.
        """
        for flag in kwargs:
            if flag not in FLAGS:
                raise MXNetTypeError(f"hybridize: unknown flag '{flag}'; it takes "
                                     f"{', '.join(FLAGS)}{suggestion(flag, FLAGS)}")
        self._active = active
        self._flags = kwargs
        self._clear_graphs()
        if active and any(child._forward_hooks or child._forward_pre_hooks
                          for child in self._children.values()):
            warnings.warn(f"{type(self).__name__} '{self.name}' is hybridized while a child has "
                          "hooks, which are not called when the graph of the parent runs",
                          stacklevel=2)
        super().hybridize(active, **kwargs)

    def optimize_for(self, x: Any, *args: Any, backend: str | None = None, clear: bool = False,
                     static_alloc: bool = False, static_shape: bool = False,
                     inline_limit: int = 2, forward_bulk_size: int | None = None,
                     backward_bulk_size: int | None = None, **kwargs: Any) -> None:
        """hybridize(), and trace the graph for these inputs, without running it.

        MXNet gives parts of the graph to libraries of the backend, as far as it has that; here
        there are none, which a warning says, unless it is the CPU's, "MKLDNN". `hybridize` makes a
        graph with fewer and faster steps.
        """
        caller = f"{type(self).__name__}.optimize_for"
        if not backend:
            raise MXNetValueError(f"{caller}: backend must be a name; got {backend!r}")
        if not isinstance(first_array((x, *args)), nd.NDArray):
            raise WrongKindError(f"{caller}: x must be an NDArray; got {no_array(x)}")
        passed_over(caller, backend)
        self.hybridize(True, static_alloc=static_alloc, static_shape=static_shape,
                       inline_limit=inline_limit, forward_bulk_size=forward_bulk_size,
                       backward_bulk_size=backward_bulk_size)
        self._graph_for((x, *args))

    def register_op_hook(self, callback: Callable[[bytes, bytes, nd.NDArray], Any],
                         monitor_all: bool = False) -> None:
        check_callable("register_op_hook", "callback", callback)
        self._op_hook = callback, bool(monitor_all)
        super().register_op_hook(callback, monitor_all)

    def cast(self, dtype: Any) -> None:
        """Convert all parameters to another dtype."""
        self._clear_graphs()
        super().cast(dtype)

    def export(self, path: str, epoch: int = 0, remove_amp_cast: bool = True) -> tuple[str, str]:
        """Write `<path>-symbol.json` and `<path>-<epoch, 4 digits>.params`; returns both names.

        Module, SymbolBlock and MXNet read them. Raises RuntimeError if the block has not been
        called since hybridize().
        """
        graph = self._traced("export")
        names = f"{path}-symbol.json", f"{path}-{epoch:04d}.params"
        graph.symbol.save(names[0], remove_amp_cast)
        states = set(graph.symbol.list_auxiliary_states())
        nd.save(names[1], {
            f"{'aux' if param.name in states else 'arg'}:{param.name}": param.reduced()
            for param in graph.params})
        return names

    def _traced(self, caller: str) -> CachedGraph:
        """A graph of this block; raises, for `caller`, where no call has made one yet."""
        if not self._graphs:
            raise MXNetError("Please first call block.hybridize() and then run forward with this "
                             f"block at least once before calling {caller}.")
        return next(iter(self._graphs.values()))

    # Running --------------------------------------------------------------------------------------

    def _call_hooked(self, args: tuple[Any, ...]) -> Any:
        if args and isinstance(first_array(args), (Placeholder, sym.Symbol)):
            return self.forward(*args)      # hooks see arrays, not what stands for them
        return super()._call_hooked(args)

    def forward(self, x: Any, *args: Any) -> Any:
        """Call hybrid_forward with `nd` and the parameters' arrays.

        Their context is that of the first array among the inputs, in which lists may be nested.
        """
        if self._active:
            graph = self._graphs.get(is_training())
            if graph is not None and isinstance(x, nd.NDArray):
                return graph((x, *args), self._op_hook)
            if isinstance(first_array((x, *args)), nd.NDArray):
                return self._run_graph((x, *args))
        cached = self._cached
        if (cached is not None and cached[0] == Parameter.changes and isinstance(x, nd.NDArray)
                and (cached[1] is x.ctx or cached[1] == x.ctx)):
            if args:
                self._check_unmixed((x, *args), sym.Symbol)
            return self.hybrid_forward(nd, x, *args, **cached[2])
        first = x if isinstance(x, nd.NDArray) else first_array((x, *args))
        if isinstance(first, Placeholder):
            if self._is_waiting() and type(self).infer_shape is not HybridBlock.infer_shape:
                self.infer_shape(x, *args)
            return self._describe(first.tracer, (x, *args))
        if isinstance(first, sym.Symbol):
            self._check_unmixed((x, *args), nd.NDArray)
            return self._compose((x, *args))
        if first is None:
            raise (MXNetValueError if x is None else WrongKindError)(
                f"{type(self).__name__}: the first input must be an NDArray; got {no_array(x)}")
        self._check_unmixed((x, *args), sym.Symbol)
        return self.hybrid_forward(nd, x, *args, **self._arrays(first.ctx, (x, *args)))

    def _check_unmixed(self, args: Any, other: type) -> None:
        """Raise ValueError, as MXNet does, where an input is of the other class."""
        for item in args:
            if isinstance(item, (list, tuple)):
                self._check_unmixed(item, other)
            elif isinstance(item, other):
                raise MXNetValueError(f"{type(self).__name__}: the inputs must be NDArrays alone, "
                                      "or Symbols alone; both are among them")

    def _arrays(self, ctx: Any, args: tuple[Any, ...]) -> dict[str, nd.NDArray]:
        """The parameters' arrays on ctx, after finishing their deferred initialization."""
        try:
            arrays = {name: param.data(ctx) for name, param in self._reg_params.items()}
        except DeferredInitializationError:
            if self._is_waiting():
                self.infer_shape(*args)
            for param in self._reg_params.values():
                param._finish_deferred_init()
            arrays = {name: param.data(ctx) for name, param in self._reg_params.items()}
        if all(param._is_plain for param in self._reg_params.values()):
            object.__setattr__(self, "_cached", (Parameter.changes, ctx, arrays))
        return arrays

    def _input_names(self, count: int) -> list[str]:
        """What so many arrays are called in a graph."""
        return ["data"] if count == 1 else [f"data{i}" for i in range(count)]

    def _compose(self, args: tuple[Any, ...]) -> Any:
        """hybrid_forward on Symbols."""
        variables = {name: param.var() for name, param in self._reg_params.items()}
        with self.name_scope():
            return self.hybrid_forward(sym, *args, **variables)

    def _run_graph(self, args: tuple[Any, ...]) -> Any:
        """Call the block as one graph."""
        return self._graph_for(args)(args, self._op_hook)

    def _graph_for(self, args: tuple[Any, ...]) -> CachedGraph:
        """The block as a graph, which is traced if it has not been."""
        graph = self._graphs.get(is_training())
        if graph is None:
            traced = self._finish_shapes(args)
            graph = self._graphs[is_training()] = CachedGraph(self, args, traced)
        return graph

    def _finish_shapes(self, args: tuple[Any, ...]) -> Any:
        """Make the parameters of this block, and of those below, that wait for their shapes. Gives
        what `trace` gave, if these followed from the graph, as they do in MXNet."""
        waiting = [param for param in self.collect_params().values()
                   if param._deferred is not None]
        if not waiting:
            return None
        traced = infer_by_graph(self, args, waiting)
        if traced is None:
            self._infer_by_placeholders(args)
        for param in waiting:
            param._finish_deferred_init()
        return traced

    def _infer_by_placeholders(self, args: tuple[Any, ...]) -> None:
        """Find the shapes by a run on placeholders, which know more of shapes than Symbols do, and
        in which blocks have a say that override infer_shape."""
        tracer = PlaceholderTracer()
        self._active = False
        try:
            HybridBlock.forward(self, *tracer.inputs(args))     # as in `trace`
        finally:
            self._active = True
        tracer.finish()

    def hybrid_forward(self, F: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
        """The computation, written with the operators of `F`; subclasses override it."""
        raise NotImplementedError(f"{type(self).__name__} must override hybrid_forward")

    # Shapes -------------------------------------------------------------------------------------

    def infer_shape(self, *args: Any) -> None:
        """Find the unknown shapes of this block's parameters from its inputs.

        hybrid_forward runs once on placeholders, and the operators' rules say what shapes follow.
        A subclass whose parameters no operator tells about sets their shapes here.
        """
        tracer = PlaceholderTracer()
        self._describe(tracer, tracer.inputs(args))
        tracer.finish()
        for param in self._reg_params.values():
            if not shape_is_known(param.shape):
                raise MXNetValueError(
                    f"{type(self).__name__}: the shape of Parameter '{param.name}' does not "
                    f"follow from the inputs; it is {param.shape}. Give it where it is made, or "
                    "override infer_shape.")

    def _describe(self, tracer: Any, args: Any) -> Any:
        """hybrid_forward on placeholders."""
        parameters = {name: tracer.parameter(param) for name, param in self._reg_params.items()}
        return self.hybrid_forward(tracer.F, *args, **parameters)

    def _is_waiting(self) -> bool:
        """Whether a parameter of this block has an unknown shape."""
        return not all(shape_is_known(param.shape) for param in self._reg_params.values())

    def infer_type(self, *args: Any) -> None:
        """Give parameters the dtype of the first input."""
        for param in self._reg_params.values():
            param.cast(first_array(args).dtype)


def first_array(args: Any) -> Any:
    """The first array, placeholder or Symbol in nested lists and tuples; None if there is none."""
    for item in args:
        if isinstance(item, (nd.NDArray, Placeholder, sym.Symbol)):
            return item
        if isinstance(item, (list, tuple)):
            found = first_array(item)
            if found is not None:
                return found
    return None
