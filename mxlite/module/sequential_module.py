"""`SequentialModule`: modules one behind the other."""

from __future__ import annotations

import copy
import logging
from typing import Any

from .base_module import BaseModule
from .interface import SCALED, ModuleStateError


class SequentialModule(BaseModule):
    """The outputs of each module are the data of the next; `add` puts one at the end."""

    META_TAKE_LABELS = "take_labels"
    META_AUTO_WIRING = "auto_wiring"

    def __init__(self, logger: Any = logging) -> None:
        super().__init__(logger)
        self._modules: list[Any] = []
        self._metas: list[dict[str, Any]] = []
        self._label_shapes: Any = None

    def add(self, module: Any, **kwargs: Any) -> SequentialModule:
        """Put a module at the end; returns self.

        take_labels=True: it gets the labels of the batch. auto_wiring=True: the outputs before it
        are its data in their order, whatever their names are. Binding has to be done again.
        """
        known = (self.META_TAKE_LABELS, self.META_AUTO_WIRING)
        for key in kwargs:
            if key not in known:
                raise ModuleStateError(f"SequentialModule.add: unknown argument {key!r}; it takes "
                                       f"{', '.join(known)}")
        self._modules.append(module)
        self._metas.append(kwargs)
        self.binded = self.params_initialized = self.optimizer_initialized = False
        return self

    @property
    def data_names(self) -> list[str]:
        """The names of the data of the first module."""
        return self._modules[0].data_names if self._modules else []

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs of the last module."""
        return self._modules[-1].output_names if self._modules else []

    @property
    def data_shapes(self) -> Any:
        """The data_shapes of the first module."""
        self._need("data_shapes", "binded")
        return self._modules[0].data_shapes

    @property
    def label_shapes(self) -> Any:
        """What was bound to; None if no module takes labels."""
        self._need("label_shapes", "binded")
        return self._label_shapes

    @property
    def output_shapes(self) -> Any:
        """The output_shapes of the last module."""
        self._need("output_shapes", "binded")
        return self._modules[-1].output_shapes

    def bind(self, data_shapes: Any, label_shapes: Any = None, for_training: bool = True,
             inputs_need_grad: bool = False, force_rebind: bool = False, shared_module: Any = None,
             grad_req: Any = "write") -> None:
        """Bind all modules, each to the outputs of the one before; arguments as in Module.bind."""
        if self.binded and not force_rebind:
            self.logger.warning("Already bound, ignoring bind()")
            return
        if inputs_need_grad and not for_training:
            raise ModuleStateError("SequentialModule.bind: inputs_need_grad needs "
                                   "for_training=True")
        if shared_module is not None:
            raise ModuleStateError("SequentialModule.bind: shared_module must be None")
        if not self._modules:
            raise ModuleStateError("SequentialModule.bind: it is empty; add() modules first")
        shapes = data_shapes
        for i, (module, meta) in enumerate(zip(self._modules, self._metas, strict=True)):
            if meta.get(self.META_AUTO_WIRING):
                shapes = self._renamed(i, [shape for _, shape in shapes])
            module.bind(data_shapes=shapes,
                        label_shapes=label_shapes if meta.get(self.META_TAKE_LABELS) else None,
                        for_training=for_training,
                        inputs_need_grad=inputs_need_grad or (for_training and i > 0),
                        force_rebind=force_rebind, grad_req=grad_req)
            shapes = module.output_shapes
        takes_labels = any(meta.get(self.META_TAKE_LABELS) for meta in self._metas)
        self._label_shapes = label_shapes if takes_labels else None
        self.for_training, self.inputs_need_grad, self.binded = (
            for_training, inputs_need_grad, True)

    def _renamed(self, i: int, shapes: Any) -> list[tuple[str, Any]]:
        """(name, shape) of these shapes under the names of the data of module i."""
        names = self._modules[i].data_names
        if len(names) != len(shapes):
            raise ModuleStateError(f"SequentialModule: module {i} takes {len(names)} arrays, "
                                   f"{', '.join(names)}; the one before gives {len(shapes)}")
        return list(zip(names, shapes, strict=True))

    def get_params(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """(arg_params, aux_params) of all modules."""
        self._need("get_params", "binded", "params_initialized")
        arg_params: dict[str, Any] = {}
        aux_params: dict[str, Any] = {}
        for module in self._modules:
            args, states = module.get_params()
            arg_params |= args
            aux_params |= states
        return arg_params, aux_params

    def init_params(self, initializer: Any = SCALED, arg_params: Any = None,
                    aux_params: Any = None, allow_missing: bool = False, force_init: bool = False,
                    allow_extra: bool = False) -> None:
        """As Module.init_params, for all modules. Raises where two have a parameter of one name."""
        if self.params_initialized and not force_init:
            return
        self._need("init_params", "binded")
        owners: dict[str, int] = {}
        for i, module in enumerate(self._modules):
            module.init_params(initializer=initializer, arg_params=arg_params,
                               aux_params=aux_params, allow_missing=allow_missing,
                               force_init=force_init, allow_extra=allow_extra)
            for name in [name for params in module.get_params() for name in params]:
                if name in owners:
                    raise ModuleStateError(
                        f"SequentialModule: Duplicated parameter names: {name!r} is in module {i} "
                        f"({type(module).__name__}) and in module {owners[name]}")
                owners[name] = i
        self.params_initialized = True

    def init_optimizer(self, kvstore: Any = "local", optimizer: Any = "sgd",
                       optimizer_params: Any = (("learning_rate", 0.01),),
                       force_init: bool = False) -> None:
        """As Module.init_optimizer, for all modules."""
        self._need("init_optimizer", "binded", "params_initialized")
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring.")
            return
        for module in self._modules:
            module.init_optimizer(kvstore=kvstore, optimizer=optimizer,
                                  optimizer_params=optimizer_params, force_init=force_init)
        self.optimizer_initialized = True

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Run all modules, one behind the other."""
        self._need("forward", "binded", "params_initialized")
        batch = copy.copy(data_batch)
        for i, module in enumerate(self._modules):
            if i > 0:
                batch.data = self._modules[i - 1].get_outputs()
                shapes = [array.shape for array in batch.data]
                batch.provide_data = self._renamed(i, shapes)
            module.forward(batch, is_train=is_train)

    def backward(self, out_grads: Any = None) -> None:
        """Run all modules backward, the last one first."""
        self._need("backward", "binded", "params_initialized")
        for i in reversed(range(len(self._modules))):
            self._modules[i].backward(out_grads=out_grads)
            if i > 0:
                out_grads = self._modules[i].get_input_grads()

    def update(self) -> None:
        """Update the parameters of all modules."""
        self._need("update", "binded", "params_initialized", "optimizer_initialized")
        for module in self._modules:
            module.update()

    def get_outputs(self, merge_multi_context: bool = True) -> Any:
        """The outputs of the last module."""
        self._need("get_outputs", "binded", "params_initialized")
        return self._modules[-1].get_outputs(merge_multi_context=merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> Any:
        """The gradients of the data of the first module."""
        self._need("get_input_grads", "binded", "params_initialized", "inputs_need_grad")
        return self._modules[0].get_input_grads(merge_multi_context=merge_multi_context)

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Take the outputs of the modules that take labels into a metric."""
        self._need("update_metric", "binded", "params_initialized")
        for module, meta in zip(self._modules, self._metas, strict=True):
            if meta.get(self.META_TAKE_LABELS):
                module.update_metric(eval_metric, labels, pre_sliced)

    def install_monitor(self, mon: Any) -> None:
        """Let a Monitor watch all modules."""
        self._need("install_monitor", "binded")
        for module in self._modules:
            module.install_monitor(mon)
