"""`Executor`: a Symbol bound to arrays, with `forward` and `backward`."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..base import MXNetKeyError, MXNetTypeError, MXNetValueError
from ..ndarray import NDArray, tape, zeros
from ..ndarray import backward as walk
from ..ndarray.array import are_held_elsewhere, need_array
from ..ndarray.recording import pause, record
from ..ndarray.variable import mark_variable
from ..wording import suggestion
from .graph import Node
from .merging import merged
from .monitoring import MonitoredRun
from .placed import PlacedGraph
from .symbol import Symbol


class Executor:
    """Made by `Symbol.bind` and `Symbol.simple_bind`.

    arg_arrays, grad_arrays, aux_arrays: the arrays, in the order of `list_arguments` and
    `list_auxiliary_states`; a gradient that is not wanted is None. They are the memory that is
    computed with: write to them, `exe.arg_dict["data"][:] = x`.
    """

    def __init__(self, symbol: Symbol, ctx: Any, args: Sequence[NDArray],
                 grads: Sequence[NDArray | None], reqs: Sequence[str], states: Sequence[NDArray],
                 places: Mapping[Node, Any] | None = None) -> None:
        self._symbol, self._ctx, self._places = symbol, ctx, places
        self.arg_arrays, self.grad_arrays, self.aux_arrays = list(args), list(grads), list(states)
        self._reqs = list(reqs)
        self._outputs: list[NDArray] = []
        self._heads: list[NDArray] | None = None        # of the last recorded run
        self._train = False
        self._merges = os.environ.get("MXNET_ELIMINATE_COMMON_EXPR") != "0"
        self._monitor: tuple[Callable[..., None], bool] | None = None
        self._monitored: MonitoredRun | None = None     # the last recorded run, if it was monitored
        self._variable_reqs: list[str] = []             # "null" of states
        self._graph = self._make_graph()
        self._draws = any(node.operator.draws(False) for node in self._graph.nodes())
        self._draws_at_all = any(node.operator.draws(True) for node in self._graph.nodes())
        self._arg_names = symbol.list_arguments()
        self._aux_names = symbol.list_auxiliary_states()

    def _make_graph(self) -> PlacedGraph:
        states, variables = set(self._symbol._states()), self._symbol._variables()
        args, grads, reqs = iter(self.arg_arrays), iter(self.grad_arrays), iter(self._reqs)
        kept, arrays, wanted = iter(self.aux_arrays), [], []
        for node in variables:
            if node in states:
                arrays.append(next(kept).detach())
                wanted.append(False)
                self._variable_reqs.append("null")
                continue
            array, grad, req = next(args).detach(), next(grads), next(reqs)
            self._variable_reqs.append(req)
            wanted.append(req != "null" and grad is not None)
            if wanted[-1]:
                mark_variable(array, grad, req)
            arrays.append(array)
        return PlacedGraph(self._symbol.heads, variables, arrays, wanted, self._ctx, self._places)

    # Arrays by name ------------------------------------------------------------------------------

    def _by_name(self, names: Sequence[str], arrays: Sequence[Any], what: str) -> dict[str, Any]:
        if len(set(names)) < len(names):
            name = next(name for name in names if names.count(name) > 1)
            raise MXNetValueError(f"Executor: there are several {what} named {name!r}, so that "
                                  "names cannot tell them apart")
        return dict(zip(names, arrays, strict=True))

    @property
    def arg_dict(self) -> dict[str, NDArray]:
        """The arguments by name."""
        return self._by_name(self._arg_names, self.arg_arrays, "arguments")

    @property
    def grad_dict(self) -> dict[str, NDArray | None]:
        """The gradients by the arguments' names; None where there is none."""
        return self._by_name(self._arg_names, self.grad_arrays, "arguments")

    @property
    def aux_dict(self) -> dict[str, NDArray]:
        """The auxiliary states by name."""
        return self._by_name(self._aux_names, self.aux_arrays, "auxiliary states")

    @property
    def output_dict(self) -> dict[str, NDArray]:
        """The outputs by name."""
        return self._by_name(self._symbol.list_outputs(), self.outputs, "outputs")

    @property
    def outputs(self) -> list[NDArray]:
        """The outputs of the last forward, which the next one overwrites."""
        if not self._outputs:
            self._outputs = [zeros(spec.shape, spec.ctx, spec.dtype)
                             for spec in self._graph.output_specs(False)]
        return list(self._outputs)

    def _variables(self) -> dict[str, NDArray]:
        """By the arguments' names, the arrays to which `backward` brings gradients."""
        return {node.name: array for node, array in zip(self._graph.variables, self._graph.arrays,
                                                        strict=True)}

    @property
    def _is_program_of_cpu(self) -> bool:
        """Whether it runs on the CPU without Python, so that several may at the same time."""
        return (self._monitor is None and self._graph.is_program
                and self._ctx.device_type.startswith("cpu"))

    # Running -------------------------------------------------------------------------------------

    def forward(self, is_train: bool = False, **kwargs: Any) -> list[NDArray]:
        """Compute the outputs. Arrays given by name, NumPy's too, are first copied to arguments."""
        if kwargs:
            self._copy_inputs(kwargs)
        self._train = bool(is_train)
        self._heads = self._monitored = None
        # backward could not repeat what an inference draws
        heads = self._run((self._train or self._draws) and any(self._graph.wanted))
        self._set_outputs(heads)
        return self.outputs

    def _copy_inputs(self, given: Mapping[str, Any]) -> None:
        arrays = self.arg_dict
        for name, value in given.items():
            if name not in arrays:
                raise MXNetTypeError(f"Unknown argument {name}{suggestion(name, arrays)}")
            if not isinstance(value, np.ndarray):
                need_array(value, "Executor.forward", name)
            if value.shape != arrays[name].shape:
                raise MXNetValueError(f"Shape not match! Argument {name}, need: "
                                      f"{arrays[name].shape}, received: {value.shape}")
            arrays[name][:] = value

    def _run(self, recorded: bool) -> list[NDArray]:
        """The heads; if `recorded`, with the graph that backward walks."""
        if self._monitor is not None:
            return self._run_monitored(recorded)
        with self._scope(recorded):
            heads = self._graph.run(recorded)
        if recorded:
            self._heads = heads
        return heads

    def _scope(self, recorded: bool) -> tape.Scope:
        return record(self._train) if recorded else pause(self._train)

    def _set_outputs(self, heads: Sequence[NDArray]) -> None:
        if are_held_elsewhere(self._outputs):           # by those who see them change
            for i, (output, head) in enumerate(zip(self._outputs, heads, strict=True)):
                if output.shape != head.shape:
                    break
                if self._symbol.heads[i].node.is_variable:      # the argument's memory
                    self._outputs[i] = head.detach()
                else:
                    head.copyto(output)
            else:
                return
        self._outputs = [head.detach() for head in heads]

    def backward(self, out_grads: Any = None, is_train: bool = True) -> None:
        """Compute the gradients of the arguments, as their grad_req says.

        out_grads: a gradient an output, a list or by the outputs' names. Those of losses
        (SoftmaxOutput, MakeLoss, ...), which do not look at them, may be left out, in a list at
        its end. More than there are outputs are not used, with a warning.
        """
        if not any(self._graph.wanted):
            return
        grads = self._output_gradients(out_grads)
        if self._heads is None:
            self._run(True)
        assert self._heads is not None
        gradient = self._graph.gradient_slots(self._train)
        for array, req, is_reached in zip(self._graph.grads(), self._variable_reqs, gradient,
                                          strict=True):
            if array is not None and req == "write" and (
                    self._graph.is_apart or not is_reached):
                array[:] = 0
        self._check_left_out(grads)
        if self._monitored is not None:
            self._backward_monitored(self._monitored, grads)
        elif any(gradient):
            self._walk(self._heads, grads)

    def _walk(self, heads: Sequence[NDArray], grads: Sequence[NDArray | None]) -> None:
        """Walk back from the heads, from which, in graphs that run in parts, there may be no way to
        a variable."""
        with record(self._train):
            ways = [(head, grad) for head, grad in zip(heads, grads, strict=True)
                    if not self._graph.is_apart or tape.has_history(head)]
        if ways:
            walk.backward([head for head, _ in ways], [grad for _, grad in ways], True,
                          self._train)

    def _check_left_out(self, grads: Sequence[NDArray | None]) -> None:
        """Raise where an output that is no loss has no gradient."""
        if all(grad is not None for grad in grads):
            return
        names = self._symbol.list_outputs()
        missing = [name for name, grad, is_read in
                   zip(names, grads, self._graph.reads_out_grads(self._train), strict=True)
                   if grad is None and is_read]
        if missing:
            raise MXNetValueError("Executor.backward: out_grads must hold the gradients of all "
                                  f"outputs that are no losses; those of {', '.join(missing)} "
                                  "are missing")

    def _output_gradients(self, given: Any) -> list[NDArray | None]:
        """A gradient for each output; None for those that are left out."""
        names = self._symbol.list_outputs()
        if given is None:
            return [None] * len(names)
        if isinstance(given, Mapping):
            for name in given:
                if name not in names:
                    raise MXNetKeyError(f"Executor.backward: there is no output named {name!r}"
                                        f"{suggestion(name, names)}")
            given = [given.get(name) for name in names]
        grads: list[NDArray | None] = [given] if isinstance(given, NDArray) else list(given)
        if len(grads) > len(names):
            warnings.warn(f"Executor.backward: out_grads has {len(grads)} arrays, of which those "
                          f"behind the {len(names)} of the outputs are not used", stacklevel=3)
            del grads[len(names):]
        grads += [None] * (len(names) - len(grads))
        for i, (name, grad) in enumerate(zip(names, grads, strict=True)):
            if grad is None:
                continue
            need_array(grad, "Executor.backward", f"out_grads[{name!r}]")
            if self._outputs:
                output = self._outputs[i]
                grads[i] = grad.as_in_context(output.ctx).astype(output.dtype, copy=False)
        return grads

    # Monitoring ----------------------------------------------------------------------------------

    def set_monitor_callback(self, callback: Callable[[bytes, NDArray], None],
                             monitor_all: bool = False) -> None:
        """Call callback(name, array) for every output of every node in each forward, and for every
        gradient of an input in backward.

        name is bytes, as in MXNet: b"fc1_output", b"fc1_backward_output0". monitor_all: for the
        inputs of nodes, too. Monitored, the graph runs node by node, with the same results.
        """
        self._monitor = None if callback is None else (callback, monitor_all)

    def _run_monitored(self, recorded: bool) -> list[NDArray]:
        assert self._monitor is not None
        callback, with_inputs = self._monitor
        values, wanted = {}, set()
        for node, array, is_wanted in zip(self._graph.variables, self._graph.arrays,
                                          self._graph.wanted, strict=True):
            values[node] = array.detach()
            if recorded and is_wanted:
                wanted.add(node)
        run = MonitoredRun(self._symbol.heads, values, wanted, self._train, self._ctx,
                           self._places or {}, lambda name, array: callback(name.encode(), array),
                           with_inputs)
        if recorded:
            self._heads, self._monitored = run.outputs, run
        return run.outputs

    def _backward_monitored(self, run: MonitoredRun, out_grads: Sequence[NDArray | None]) -> None:
        found = run.backward(out_grads)
        for node, array, req in zip(self._graph.variables, self._graph.grads(),
                                    self._variable_reqs, strict=True):
            if array is not None and node in found:
                array[:] = found[node] + array if req == "add" else found[node]

    # Other shapes, other values ------------------------------------------------------------------

    def _share_outputs(self, other: Executor) -> None:
        """Let the outputs lie in the memory of another Executor's, where they fit into it."""
        from .binding import part_of
        self._outputs = [
            part_of(old, spec.shape) if old.stype == "default" and old.size >= spec.size
            and old._dtype_name == spec.dtype
            else zeros(spec.shape, spec.ctx, spec.dtype)
            for old, spec in zip(other.outputs, self._graph.output_specs(False), strict=True)]

    def copy_params_from(self, arg_params: Mapping[str, NDArray],
                         aux_params: Mapping[str, NDArray] | None = None,
                         allow_extra_params: bool = False) -> None:
        """Copy values into arguments and auxiliary states, cast to their dtypes.

        Raises ValueError for a name that there is not, unless allow_extra_params.
        """
        for given, arrays, what in ((arg_params, self.arg_dict, "arguments"),
                                    (aux_params or {}, self.aux_dict, "auxiliary states")):
            for name, value in given.items():
                if name in arrays:
                    need_array(value, "Executor.copy_params_from", name)
                    if value.shape != arrays[name].shape:
                        raise MXNetValueError(
                            f"Executor.copy_params_from: {name} must have shape "
                            f"{arrays[name].shape}; got {value.shape}")
                    value.astype(arrays[name].dtype, copy=False).copyto(arrays[name])
                elif not allow_extra_params:
                    raise MXNetValueError(f"Find name \"{name}\" that is not in the {what}"
                                          f"{suggestion(name, arrays)}")

    def reshape(self, partial_shaping: bool = False, allow_up_sizing: bool = False,
                **kwargs: Any) -> Executor:
        """An Executor for other shapes of inputs, whose arrays share memory with these.

        partial_shaping: arguments that are not named may change their shapes, too. allow_up_sizing:
        arrays may become larger, for which new memory is taken.
        """
        from .binding import reshaped
        return reshaped(self, partial_shaping, allow_up_sizing, kwargs)

    def get_optimized_symbol(self) -> Symbol:
        """The Symbol that is run, in which equal nodes are one.

        MXNET_ELIMINATE_COMMON_EXPR=0 in the environment, when it is bound, leaves it as it is.
        """
        return Symbol(merged(self._symbol.heads)) if self._merges else self._symbol

    def debug_str(self) -> str:
        """The graph, and what is planned for it: its steps and where its arrays lie."""
        return self._symbol.debug_str() + self._graph.describe(self._train)
