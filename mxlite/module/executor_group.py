"""`DataParallelExecutorGroup`: an Executor a context, each of which works on a slice of the batch.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..base import MXNetError, MXNetTypeError, MXNetValueError
from ..device.context import Context
from ..io import DataDesc
from ..ndarray import NDArray
from ..symbol import Symbol
from ..symbol.infer import given_dtype
from ..wording import suggestion
from .inputs import descriptions
from .slicing import common_batch_size, gathered, scatter, sliced, sliced_desc, split_batch
from .slicing import load_data as _load_data  # noqa: F401  MXNet's names for them
from .slicing import load_general as _load_general  # noqa: F401
from .slicing import load_label as _load_label  # noqa: F401
from .slicing import merged as _merge_multi_context  # noqa: F401
from .together import run_together

FEW = 1 << 16           # numbers in all arguments, for which threads cost more than they gain


class DataParallelExecutorGroup:
    """What a Module runs.

    execs: the Executors. param_arrays, grad_arrays, aux_arrays: of each parameter or state, a list
    with the array of each context; param_variables: those to which gradients come. slices: which
    part of the batch each context has; None where no input has a batch axis. shared_group: a group
    whose parameters, gradients, states and memory of inputs this one shares.
    """

    def __init__(self, symbol: Symbol, contexts: Sequence[Context], workload: Sequence[float],
                 data_shapes: Any, label_shapes: Any, param_names: Sequence[str],
                 for_training: bool, inputs_need_grad: bool,
                 shared_group: DataParallelExecutorGroup | None = None, logger: Any = logging,
                 fixed_param_names: Sequence[str] | None = None, grad_req: Any = "write",
                 state_names: Sequence[str] | None = None, group2ctxs: Any = None) -> None:
        self.symbol, self.contexts, self.workload = symbol, list(contexts), list(workload)
        self.arg_names, self.aux_names = symbol.list_arguments(), symbol.list_auxiliary_states()
        self.output_names = symbol.list_outputs()
        self.output_layouts = [DataDesc.get_batch_axis(output.attr("__layout__"))
                               for output in symbol]
        self.param_names = list(param_names)
        self.state_names = list(state_names or ())
        self.fixed_param_names = list(fixed_param_names or ())
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self.logger = logger
        self.group2ctxs = contexts_of_groups(group2ctxs, len(self.contexts))
        self.shared_data_arrays: list[dict[str, NDArray]] = (
            [{} for _ in self.contexts] if shared_group is None
            else shared_group.shared_data_arrays)
        self._monitors: list[Any] = []
        self._default_execs: list[Any] | None = None
        self._describe(descriptions(data_shapes, "data"), descriptions(label_shapes, "label"))
        self.grad_req = self._grad_reqs(grad_req, shared_group is None)
        self.execs = [self._bind_one(k, shared_group) for k in range(len(self.contexts))]
        self._collect_arrays()

    # Binding -------------------------------------------------------------------------------------

    def _describe(self, data: list[DataDesc], label: list[DataDesc]) -> None:
        batch_size = common_batch_size([*data, *label])
        self.slices: list[slice] | None = (
            None if batch_size is None else split_batch(batch_size, self.workload))
        self.batch_size, self.data_shapes, self.label_shapes = batch_size, data, label or None

    @property
    def _parts(self) -> list[Any]:
        return [None] * len(self.contexts) if self.slices is None else self.slices

    @property
    def _inputs(self) -> list[DataDesc]:
        """The inputs that the Symbol has; labels of others are for metrics alone."""
        return [desc for desc in [*self.data_shapes, *(self.label_shapes or ())]
                if desc.name in self.arg_names]

    def _grad_reqs(self, given: Any, is_first: bool) -> dict[str, str]:
        """What is asked for the gradient of each argument."""
        if not self.for_training:
            return dict.fromkeys(self.arg_names, "null")
        if isinstance(given, (list, tuple)):
            if len(given) != len(self.arg_names):
                raise MXNetValueError(
                    f"Module.bind: grad_req must have {len(self.arg_names)} entries, for "
                    f"{', '.join(self.arg_names)}; got {len(given)}")
            return dict(zip(self.arg_names, given, strict=True))
        if not isinstance(given, (str, Mapping)):
            raise MXNetTypeError("Module.bind: grad_req must be a string, a list or a dict; got "
                                 f"{given!r}")
        req = given if isinstance(given, str) else "write"
        wanted = set(self.param_names) - set(self.fixed_param_names)
        if self.inputs_need_grad:
            wanted |= {desc.name for desc in self.data_shapes}
        reqs = {name: req if name in wanted else "null" for name in self.arg_names}
        if isinstance(given, Mapping):
            for name in given:
                if name not in reqs and is_first:
                    warnings.warn(f"Module.bind: grad_req has {name!r}, which is no argument of "
                                  f"the symbol{suggestion(name, reqs)}", stacklevel=4)
            reqs |= {name: value for name, value in given.items() if name in reqs}
        return reqs

    def _bind_one(self, k: int, shared_group: DataParallelExecutorGroup | None) -> Any:
        own = {head.node.name: given_dtype(head.node) for head in self.symbol.get_internals().heads
               if head.node.is_variable}
        data_names = {desc.name for desc in self.data_shapes}
        types = {desc.name: (own.get(desc.name) if desc.name in data_names else None) or desc.dtype
                 for desc in self._inputs}
        shapes = {desc.name: sliced_desc(desc, self._parts[k]).shape for desc in self._inputs}
        return self.symbol.simple_bind(
            ctx=self.contexts[k], grad_req=self.grad_req, type_dict=types,
            group2ctx=self.group2ctxs[k], shared_arg_names=self.param_names,
            shared_exec=None if shared_group is None else shared_group.execs[k],
            shared_buffer=self.shared_data_arrays[k], **shapes)

    def _collect_arrays(self) -> None:
        args = [exe.arg_dict for exe in self.execs]
        variables = [exe._variables() for exe in self.execs]
        grads = [exe.grad_dict for exe in self.execs]
        states = [exe.aux_dict for exe in self.execs]

        def of_all(dicts: list[Any], names: Sequence[str]) -> list[list[Any]]:
            return [[arrays[name] for arrays in dicts] for name in names]

        data_names = [desc.name for desc in self.data_shapes]
        self.label_names = [desc.name for desc in self.label_shapes or ()]
        self.data_arrays = of_all(args, data_names)
        self.label_arrays = of_all(args, [name for name in self.label_names
                                          if name in self.arg_names])
        self.state_arrays = of_all(args, self.state_names)
        self.param_arrays = of_all(args, self.param_names)
        self.param_variables = of_all(variables, self.param_names)
        self.grad_arrays = of_all(grads, self.param_names) if self.for_training else None
        self.input_grad_arrays = of_all(grads, data_names) if self.inputs_need_grad else None
        self.aux_arrays = of_all(states, self.aux_names)
        self._num_numbers = sum(array.size for array in self.execs[0].arg_arrays)

    def reshape(self, data_shapes: Any, label_shapes: Any) -> None:
        """Go on with inputs of other shapes; parameters, gradients and states stay as they are."""
        data, label = descriptions(data_shapes, "data"), descriptions(label_shapes, "label")
        if data == self.data_shapes and label == (self.label_shapes or []):
            return
        before = self.data_shapes, self.label_shapes or []
        self._describe(data, label)
        default = self._default_execs or self.execs
        try:
            execs = [exe.reshape(allow_up_sizing=True, **self._input_shapes(k))
                     for k, exe in enumerate(default)]
        except MXNetError:
            self._describe(*before)
            raise
        for monitor in self._monitors:
            for old, new in zip(self.execs, execs, strict=True):
                monitor.uninstall(old)
                monitor.install(new)
        self._default_execs, self.execs = default, execs
        self._collect_arrays()

    def _input_shapes(self, k: int) -> dict[str, Any]:
        """The shapes of all arguments that are no parameters, as far as they are known."""
        shapes = {desc.name: sliced_desc(desc, self._parts[k]).shape for desc in self._inputs}
        found = self.symbol.infer_shape_partial(**shapes)[0]
        inferred = {name: shape for name, shape in zip(self.arg_names, found, strict=True)
                    if name not in self.param_names and shape and 0 not in shape}
        return {**inferred, **shapes}

    def install_monitor(self, mon: Any) -> None:
        """Let a Monitor watch all Executors."""
        self._monitors.append(mon)
        for exe in self.execs:
            mon.install(exe)

    # Parameters ----------------------------------------------------------------------------------

    def set_params(self, arg_params: Mapping[str, NDArray],
                   aux_params: Mapping[str, NDArray] | None, allow_extra: bool = False) -> None:
        """Copy values to all contexts."""
        for exe in self.execs:
            exe.copy_params_from(arg_params, aux_params, allow_extra_params=allow_extra)

    def get_params(self, arg_params: Mapping[str, NDArray],
                   aux_params: Mapping[str, NDArray]) -> None:
        """Write the values, their means over the contexts, to the arrays of these dicts."""
        for names, arrays, target in ((self.param_names, self.param_arrays, arg_params),
                                      (self.aux_names, self.aux_arrays, aux_params)):
            for name, copies in zip(names, arrays, strict=True):
                value = copies[0]
                if len(copies) > 1:
                    ctx = target[name].ctx
                    value = sum((copy.as_in_context(ctx) for copy in copies[1:]),
                                copies[0].as_in_context(ctx)) / len(copies)
                value.copyto(target[name])

    # Running -------------------------------------------------------------------------------------

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Cut the batch, or take a list of batches, one a context, and run forward on all."""
        scatter(_arrays(data_batch, "data"), self.data_shapes, self._parts, self.data_arrays)
        labels = _arrays(data_batch, "label")
        if self.label_shapes and labels:
            fed = [(label, desc) for label, desc in zip(labels, self.label_shapes, strict=True)
                   if desc.name in self.arg_names]
            scatter([label for label, _ in fed], [desc for _, desc in fed], self._parts,
                    self.label_arrays)
        is_train = self.for_training if is_train is None else is_train
        self._run([partial(exe.forward, is_train=is_train) for exe in self.execs])

    def backward(self, out_grads: Any = None) -> None:
        """Run backward on all contexts; out_grads: a gradient an output, of the whole batch."""
        if not self.for_training:
            raise MXNetError("Module.backward: re-bind with for_training=True to run backward")
        if isinstance(out_grads, NDArray):
            out_grads = [out_grads]
        self._run([partial(exe.backward, out_grads=out_grads and [
            sliced(grad, part, axis).as_in_context(ctx)
            for grad, axis in zip(out_grads, self.output_layouts, strict=False)])
            for ctx, exe, part in zip(self.contexts, self.execs, self._parts, strict=True)])

    def _run(self, calls: Sequence[Any]) -> None:
        """Make a call of each Executor, at the same time where they are programs for the CPU."""
        if len(calls) == 1:
            calls[0]()
            return
        run_together(calls, any(exe._draws_at_all for exe in self.execs),
                     self._num_numbers >= FEW and all(exe._is_program_of_cpu for exe in self.execs))

    def get_outputs(self, merge_multi_context: bool = True, begin: int = 0,
                    end: int | None = None) -> list[Any]:
        """The outputs, put together; without merge_multi_context, of each a list over contexts."""
        outputs = [list(arrays) for arrays in zip(*[exe.outputs for exe in self.execs],
                                                  strict=True)][begin:end]
        if not merge_multi_context:
            return outputs
        return [gathered(arrays, axis)
                for arrays, axis in zip(outputs, self.output_layouts[begin:end], strict=True)]

    def get_output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """(name, shape) of each output, of the whole batch."""
        given = {name: array.shape for name, array in self.execs[0].arg_dict.items()}
        result = []
        for name, shape, axis in zip(self.output_names, self.symbol.infer_shape(**given)[1],
                                     self.output_layouts, strict=True):
            if 0 <= axis < len(shape):
                shape = (*shape[:axis], self.batch_size, *shape[axis + 1:])
            result.append((name, tuple(shape)))
        return result

    def get_input_grads(self, merge_multi_context: bool = True) -> list[Any]:
        """The gradients of the data, as get_outputs gives the outputs."""
        if self.input_grad_arrays is None:
            raise MXNetError("Module.get_input_grads: bind with inputs_need_grad=True first")
        if not merge_multi_context:
            return self.input_grad_arrays
        return [gathered(arrays, DataDesc.get_batch_axis(desc.layout))
                for arrays, desc in zip(self.input_grad_arrays, self.data_shapes, strict=True)]

    def get_states(self, merge_multi_context: bool = True) -> list[list[NDArray]]:
        """The states, of each a list over contexts; they cannot be put together."""
        if merge_multi_context:
            raise MXNetError("Module.get_states: merge_multi_context must be False")
        return self.state_arrays

    def set_states(self, states: Any = None, value: float | None = None) -> None:
        """Set the states to arrays as get_states gives them, or all to one value."""
        if (states is None) == (value is None):
            raise MXNetValueError("Module.set_states: give states or value, one of both")
        for i, arrays in enumerate(self.state_arrays):
            for k, array in enumerate(arrays):
                array[:] = value if states is None else states[i][k]

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Take the outputs of all contexts into a metric; pre_sliced: labels has a list each."""
        if labels and not self.label_shapes:
            raise MXNetError("Module.update_metric: the module was bound without label_shapes, so "
                             "that it does not know the names of labels")
        for k, (exe, part) in enumerate(zip(self.execs, self._parts, strict=True)):
            chosen = labels[k] if pre_sliced else [
                sliced(label, part, DataDesc.get_batch_axis(desc.layout))
                for label, desc in zip(labels or (), self.label_shapes or (), strict=False)]
            eval_metric.update_dict(dict(zip(self.label_names, chosen, strict=False)),
                                    dict(zip(self.output_names, exe.outputs, strict=True)))


def _arrays(batch: Any, kind: str) -> list[Any]:
    """The arrays of a batch; of a list of batches, a list over the batches each."""
    if isinstance(batch, list):
        return [list(arrays) for arrays in zip(*[getattr(one, kind, None) or () for one in batch],
                                               strict=True)]
    return list(getattr(batch, kind, None) or ())


def contexts_of_groups(given: Any, count: int) -> list[dict[str, Any] | None]:
    """Of each of `count` contexts, where its `ctx_group`s lie: {"stage1": Context}.

    given: None; a list of such dicts; or a dict of contexts or lists of contexts.
    """
    if given is None:
        return [None] * count
    if isinstance(given, (list, tuple)):
        if len(given) != count:
            raise MXNetValueError(f"Module: group2ctxs must have {count} dicts, one a context; "
                                  f"got {len(given)}")
        return list(given)
    if not isinstance(given, Mapping):
        raise MXNetTypeError(f"Module: group2ctxs must be a dict or a list of dicts; got {given!r}")
    columns = {}
    for group, places in given.items():
        places = [places] if isinstance(places, (Context, str)) else list(places)
        if len(places) not in (1, count):
            raise MXNetValueError(f"Module: group2ctxs[{group!r}] must have 1 or {count} contexts; "
                                  f"got {len(places)}")
        columns[group] = places * count if len(places) == 1 else places
    return [{group: places[k] for group, places in columns.items()} for k in range(count)]
