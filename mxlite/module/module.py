"""`Module`: a Symbol with its parameters, on one or several contexts, and an optimizer."""

from __future__ import annotations

import logging
import warnings
from typing import Any

from .. import ndarray as nd
from ..base import MXNetTypeError, MXNetValueError
from ..checkpoint import load_checkpoint, states_path
from ..device.context import as_context, cpu
from ..initializer import InitDesc
from ..io import DataDesc
from ..kvstore.compression import compression_of
from ..symbol import Symbol
from .executor_group import DataParallelExecutorGroup
from .inputs import check_input_names, described, fed_arguments, name_list
from .interface import SCALED, ModuleStateError
from .optimized import OptimizedModule
from .slicing import batch_descs


class Module(OptimizedModule):
    """Trains and runs a Symbol.

    data_names, label_names: the arguments that batches bring; all others are parameters, but for
    state_names, which are zeros that `set_states` changes. context: one, or a list, over which each
    batch is cut, by work_load_list, numbers as large as the slices shall be. fixed_param_names:
    parameters that are not trained. compression_params: see
    `KVStore.set_gradient_compression`. group2ctxs: contexts by the attribute `ctx_group`.
    """

    def __init__(self, symbol: Symbol, data_names: Any = ("data",),
                 label_names: Any = ("softmax_label",), logger: Any = logging,
                 context: Any = None, work_load_list: Any = None, fixed_param_names: Any = None,
                 state_names: Any = None, group2ctxs: Any = None,
                 compression_params: Any = None) -> None:
        super().__init__(logger)
        if not isinstance(symbol, Symbol):
            raise MXNetTypeError(f"Module: symbol must be a Symbol; got {type(symbol).__name__}")
        contexts = context if isinstance(context, (list, tuple)) else [context or cpu()]
        self._context = [as_context(one) for one in contexts]
        self._work_load_list = [1] * len(contexts) if work_load_list is None else work_load_list
        if len(self._work_load_list) != len(contexts):
            raise MXNetValueError(f"Module: work_load_list must have {len(contexts)} numbers, one "
                                  f"a context; got {len(self._work_load_list)}")
        if compression_params:
            compression_of(compression_params)
        self._compression_params = compression_params
        self._symbol = symbol
        self._data_names, self._label_names = name_list(data_names), name_list(label_names)
        self._state_names = name_list(state_names)
        self._fixed_param_names = name_list(fixed_param_names)
        for names, kind, is_required in (
                (self._data_names, "data", True), (self._label_names, "label", False),
                (self._state_names, "state", True), (self._fixed_param_names, "fixed_param", True)):
            check_input_names(symbol, names, kind, is_required)
        inputs = {*self._data_names, *self._label_names, *self._state_names}
        self._param_names = [name for name in symbol.list_arguments() if name not in inputs]
        self._aux_names = symbol.list_auxiliary_states()
        self._group2ctxs = group2ctxs
        self._arg_params: Any = None
        self._aux_params: Any = None
        self._params_dirty = False
        self._exec_group: Any = None
        self._data_shapes: list[DataDesc] = []
        self._label_shapes: list[DataDesc] | None = None
        self._grad_req: Any = None

    # Files ---------------------------------------------------------------------------------------

    @classmethod
    def load(cls, prefix: Any, epoch: int, load_optimizer_states: bool = False,
             **kwargs: Any) -> Module:
        """A Module of a checkpoint, with its parameters; kwargs: those of Module.

        load_optimizer_states: init_optimizer reads the states of `prefix-0007.states` (epoch 7).
        """
        symbol, arg_params, aux_params = load_checkpoint(prefix, epoch)
        module = cls(symbol=symbol, **kwargs)
        module._arg_params, module._aux_params = arg_params, aux_params
        module.params_initialized = True
        if load_optimizer_states:
            module._preload_opt_states = states_path(prefix, epoch)
        return module

    # What it takes and gives ---------------------------------------------------------------------

    @property
    def data_names(self) -> list[str]:
        """The names of the data."""
        return self._data_names

    @property
    def label_names(self) -> list[str]:
        """The names of the labels."""
        return self._label_names

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs."""
        return list(self._symbol.list_outputs())

    @property
    def data_shapes(self) -> list[DataDesc]:
        """DataDescs of the data, in the order in which batches bring them."""
        self._need("data_shapes", "binded")
        return self._data_shapes

    @property
    def label_shapes(self) -> list[DataDesc] | None:
        """DataDescs of the labels; None if it is bound without."""
        self._need("label_shapes", "binded")
        return self._label_shapes

    @property
    def output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """(name, shape) of the outputs."""
        self._need("output_shapes", "binded")
        shapes: list[tuple[str, tuple[int, ...]]] = self._exec_group.get_output_shapes()
        return shapes

    # Binding -------------------------------------------------------------------------------------

    def bind(self, data_shapes: Any, label_shapes: Any = None, for_training: bool = True,
             inputs_need_grad: bool = False, force_rebind: bool = False, shared_module: Any = None,
             grad_req: Any = "write") -> None:
        """Take memory for inputs of these shapes.

        data_shapes, label_shapes: (name, shape) pairs or DataDescs, as provide_data of iterators;
        the batch axis is that of the layout's N, else 0. grad_req: "write", "add" or "null", or a
        list or dict of them by argument. shared_module: a Module of a Symbol with parameters of the
        same names, with which this one shares them. Parameters are kept when binding again.
        """
        if force_rebind:
            self._reset_bind()
        if self.binded:
            self.logger.warning("Already bound, ignoring bind()")
            return
        if inputs_need_grad and not for_training:
            raise ModuleStateError("Module.bind: inputs_need_grad needs for_training=True")
        data, labels = self._described(data_shapes, label_shapes)
        if shared_module is not None:
            shared_module._need("bind, of the shared_module", "binded", "params_initialized")
        self._exec_group = DataParallelExecutorGroup(
            self._symbol, self._context, self._work_load_list, data, labels, self._param_names,
            for_training, inputs_need_grad,
            None if shared_module is None else shared_module._exec_group, self.logger,
            self._fixed_param_names, grad_req, self._state_names, self._group2ctxs)
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self._grad_req, self._data_shapes, self._label_shapes = grad_req, data, labels
        if shared_module is not None:
            self._share_params(shared_module)
        elif self.params_initialized:
            self._exec_group.set_params(self._arg_params, self._aux_params)
        else:
            self._arg_params, self._aux_params = (
                {name: nd.zeros(copies[0].shape, dtype=copies[0].dtype, stype=copies[0].stype)
                 for name, copies in zip(names, arrays, strict=True)}
                for names, arrays in ((self._param_names, self._exec_group.param_arrays),
                                      (self._aux_names, self._exec_group.aux_arrays)))
        self.binded = True

    def _described(self, data_shapes: Any, label_shapes: Any) -> tuple[list[DataDesc], Any]:
        data, labels = described(self._data_names, self._label_names, data_shapes, label_shapes)
        return data, labels or None

    def _share_params(self, other: Module) -> None:
        missing = [name for name in [*self._param_names, *self._aux_names]
                   if name not in other._arg_params and name not in other._aux_params]
        if missing:
            raise MXNetValueError(f"Module.bind: the shared_module has no {', '.join(missing)}; it "
                                  "must have all parameters of this one")
        self.params_initialized = True
        self._arg_params, self._aux_params = other._arg_params, other._aux_params
        if other.optimizer_initialized:
            self.borrow_optimizer(other)

    def _reset_bind(self) -> None:
        if self._params_dirty:
            self._sync_params_from_devices()
        self.binded = False
        self._exec_group = None

    def reshape(self, data_shapes: Any, label_shapes: Any = None) -> None:
        """Go on with inputs of other shapes; `forward` does so by itself."""
        self._need("reshape", "binded")
        data, labels = self._described(data_shapes, label_shapes)
        self._exec_group.reshape(data, labels)
        self._data_shapes, self._label_shapes = data, labels

    # Parameters ----------------------------------------------------------------------------------

    def get_params(self) -> tuple[dict[str, nd.NDArray], dict[str, nd.NDArray]]:
        """(arg_params, aux_params): copies, which the next get_params writes to again."""
        self._need("get_params", "params_initialized")
        if self._params_dirty:
            self._sync_params_from_devices()
        return self._arg_params, self._aux_params

    def _sync_params_from_devices(self) -> None:
        self._exec_group.get_params(self._arg_params, self._aux_params)
        self._params_dirty = False

    def init_params(self, initializer: Any = SCALED, arg_params: Any = None,
                    aux_params: Any = None, allow_missing: bool = False, force_init: bool = False,
                    allow_extra: bool = False) -> None:
        """Set the parameters: to what arg_params and aux_params have, else by the initializer.

        If arg_params is given, it must have all, unless allow_missing; what it has beyond is left
        out. A variable's own `__init__` goes before the initializer, which goes by the end of the
        name, or, where that says nothing, by the argument that the variable feeds. Once they are
        set, it does nothing but warn, unless force_init.
        """
        if self.params_initialized and not force_init:
            warnings.warn("Parameters already initialized and force_init=False. init_params call "
                          "ignored.", stacklevel=2)
            return
        self._need("init_params", "binded")
        attributes, arguments = self._symbol.attr_dict(), fed_arguments(self._symbol)
        for arrays, given, what in ((self._arg_params, arg_params, "arg_params"),
                                    (self._aux_params, aux_params, "aux_params")):
            for name, array in sorted(arrays.items()):
                if given is not None and name in given:
                    _assign(name, array, given[name], what)
                    continue
                if given is not None and not allow_missing:
                    raise MXNetValueError(f"{name} is not presented: {what} has no such array, and "
                                          "allow_missing is False")
                if initializer is not None:
                    initializer(InitDesc(name, attributes.get(name), initializer,
                                         arguments.get(name)), array)
                elif given is None:
                    raise MXNetValueError(f"Module.init_params: {name} needs an initializer or a "
                                          f"value in {what}")
        self.params_initialized = True
        self._params_dirty = False
        self._exec_group.set_params(self._arg_params, self._aux_params)

    def set_params(self, arg_params: Any, aux_params: Any, allow_missing: bool = False,
                   force_init: bool = True, allow_extra: bool = False) -> None:
        """Set parameters and auxiliary states to the values of these dicts.

        They must have all of them, and may have more. With allow_missing, others stay as they are,
        and more raises ValueError unless allow_extra.
        """
        if not allow_missing:
            super().set_params(arg_params, aux_params, allow_missing, force_init, allow_extra)
            return
        if self.params_initialized and not force_init:
            warnings.warn("Parameters already initialized and force_init=False. set_params call "
                          "ignored.", stacklevel=2)
            return
        self._need("set_params", "binded")
        self._exec_group.set_params(arg_params, aux_params, allow_extra=allow_extra)
        self._params_dirty = True
        self.params_initialized = True

    # Running -------------------------------------------------------------------------------------

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Compute the outputs of a batch, anything with lists `data` and `label`.

        The batch may have other shapes than those bound to. A list of batches: one a context.
        is_train: as bound, if None.
        """
        self._need("forward", "binded", "params_initialized")
        data, labels = batch_descs(data_batch, self._data_shapes, self._label_shapes)
        if data != self._data_shapes or labels != self._label_shapes:
            self.reshape(data, labels)
        self._exec_group.forward(data_batch, is_train)

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradients; out_grads: one an output, where the outputs are no losses."""
        self._need("backward", "binded", "params_initialized")
        self._exec_group.backward(out_grads)

    def get_outputs(self, merge_multi_context: bool = True) -> list[Any]:
        """The outputs of the last forward, whose memory the next forward writes to.

        merge_multi_context=False: of each output, a list over the contexts.
        """
        self._need("get_outputs", "binded", "params_initialized")
        outputs: list[Any] = self._exec_group.get_outputs(merge_multi_context)
        return outputs

    def get_input_grads(self, merge_multi_context: bool = True) -> list[Any]:
        """The gradients of the data, in the order of data_shapes."""
        self._need("get_input_grads", "binded", "params_initialized", "inputs_need_grad")
        grads: list[Any] = self._exec_group.get_input_grads(merge_multi_context)
        return grads

    def get_states(self, merge_multi_context: bool = True) -> list[Any]:
        """The states, lists over the contexts; merge_multi_context must be False."""
        self._need("get_states", "binded", "params_initialized")
        states: list[Any] = self._exec_group.get_states(merge_multi_context)
        return states

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """Set the states to arrays as get_outputs(merge_multi_context=False) gives them, or all to
        one value."""
        self._need("set_states", "binded", "params_initialized")
        self._exec_group.set_states(states, value)

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Take the outputs of the last forward into a metric.

        labels: arrays as in the batch; pre_sliced: a list of them for each context.
        """
        self._exec_group.update_metric(eval_metric, labels, pre_sliced)

    def install_monitor(self, mon: Any) -> None:
        """Let a Monitor watch the executors."""
        self._need("install_monitor", "binded")
        self._exec_group.install_monitor(mon)

    def prepare(self, data_batch: Any, sparse_row_id_fn: Any = None) -> None:
        """Make ready for a batch, for which there is nothing to do: all contexts have all rows of
        row_sparse parameters."""
        self._need("prepare", "binded")
        if sparse_row_id_fn is not None and not self._update_on_kvstore:
            warnings.warn("Parameters are not updated in the KVStore. No need to call "
                          "sparse_row_id_fn.", stacklevel=2)


def _assign(name: str, array: nd.NDArray, value: Any, what: str) -> None:
    """Write a given value to a parameter, whose shape it must have."""
    if value is array:
        return
    if not isinstance(value, nd.NDArray):
        value = nd.array(value, dtype=array.dtype)
    if value.shape != array.shape:
        raise MXNetValueError(f"Module.init_params: {name} must have shape {array.shape}; the one "
                              f"in {what} has {value.shape}")
    value.copyto(array)
