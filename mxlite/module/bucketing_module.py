"""`BucketingModule`: a Symbol for each bucket, such as a length of sequences; shared parameters."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .. import ndarray as nd
from .. import symbol as sym
from ..base import MXNetTypeError, MXNetValueError
from ..checkpoint import load_params, params_path
from ..name import NameManager
from .base_module import BaseModule
from .inputs import name_list
from .interface import SCALED, ModuleStateError
from .module import Module


class BucketingModule(BaseModule):
    """sym_gen(bucket_key) returns (symbol, data_names, label_names).

    A batch says its bucket: `batch.bucket_key`, with its shapes, provide_data and provide_label.
    The Symbol of default_bucket_key must have all parameters; the other buckets share them, their
    gradients, the optimizer, and memory for inputs. The other arguments are those of Module.
    """

    def __init__(self, sym_gen: Callable[[Any], Any], default_bucket_key: Any = None,
                 logger: Any = logging, context: Any = None, work_load_list: Any = None,
                 fixed_param_names: Any = None, state_names: Any = None, group2ctxs: Any = None,
                 compression_params: Any = None) -> None:
        super().__init__(logger)
        if default_bucket_key is None:
            raise ModuleStateError("BucketingModule: default_bucket_key must be given")
        self._sym_gen, self._default_bucket_key = sym_gen, default_bucket_key
        self._fixed_param_names = name_list(fixed_param_names)      # MXNet's names
        self._state_names, self._context = name_list(state_names), context
        self._options = {"logger": logger, "context": context, "work_load_list": work_load_list,
                         "fixed_param_names": fixed_param_names, "state_names": state_names,
                         "group2ctxs": group2ctxs, "compression_params": compression_params}
        self._buckets: dict[Any, Module] = {default_bucket_key: self._make(default_bucket_key)}
        self._curr_bucket_key = default_bucket_key
        self._grad_req: Any = None
        self._monitor: Any = None

    def _make(self, bucket_key: Any, symbol: Any = None) -> Module:
        """The Module of a bucket; its automatic names begin with 0 again."""
        with NameManager():
            generated = self._sym_gen(bucket_key)
        if not isinstance(generated, (tuple, list)) or len(generated) != 3:
            raise MXNetTypeError("BucketingModule: sym_gen must return (symbol, data_names, "
                                 f"label_names); got {type(generated).__name__}")
        return Module(generated[0] if symbol is None else symbol, *generated[1:], **self._options)

    @property
    def _default(self) -> Module:
        return self._buckets[self._default_bucket_key]

    @property
    def _curr_module(self) -> Module:
        return self._buckets[self._curr_bucket_key]

    # What it takes and gives ---------------------------------------------------------------------

    @property
    def data_names(self) -> list[str]:
        """The names of the data of the current bucket."""
        return self._curr_module.data_names

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs of the current bucket."""
        return self._curr_module.output_names

    @property
    def data_shapes(self) -> Any:
        """DataDescs of the data of the current bucket."""
        return self._curr_module.data_shapes

    @property
    def label_shapes(self) -> Any:
        """DataDescs of the labels of the current bucket."""
        return self._curr_module.label_shapes

    @property
    def output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """(name, shape) of the outputs of the current bucket."""
        return self._curr_module.output_shapes

    @property
    def symbol(self) -> Any:
        """The Symbol of the current bucket."""
        return self._curr_module.symbol

    # Binding -------------------------------------------------------------------------------------

    def bind(self, data_shapes: Any, label_shapes: Any = None, for_training: bool = True,
             inputs_need_grad: bool = False, force_rebind: bool = False, shared_module: Any = None,
             grad_req: Any = "write") -> None:
        """Bind the default bucket; the others are bound when their first batch comes.

        The arguments are those of Module.bind; shared_module must be None.
        """
        if shared_module is not None:
            raise ModuleStateError("BucketingModule.bind: shared_module must be None")
        if self.binded and not force_rebind:
            self.logger.warning("Already bound, ignoring bind()")
            return
        if self.binded:
            self.get_params()
            for module in self._buckets.values():
                module._reset_bind()
        self._default.bind(data_shapes, label_shapes, for_training, inputs_need_grad,
                           grad_req=grad_req)
        self._curr_bucket_key = self._default_bucket_key
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self._grad_req, self.binded = grad_req, True

    def switch_bucket(self, bucket_key: Any, data_shapes: Any, label_shapes: Any = None) -> None:
        """Go on with this bucket, whose Module is made and bound, if it is not yet."""
        self._need("switch_bucket", "binded")
        module = self._buckets.get(bucket_key)
        if module is None:
            module = self._make(bucket_key)
        if not module.binded:
            self._need("switch_bucket", "params_initialized")
            module.bind(data_shapes, label_shapes, self.for_training, self.inputs_need_grad,
                        shared_module=self._default, grad_req=self._grad_req)
            if self._monitor is not None:
                module.install_monitor(self._monitor)
        self._buckets[bucket_key], self._curr_bucket_key = module, bucket_key

    # Parameters and the optimizer, which the default bucket holds --------------------------------

    def get_params(self) -> Any:
        """(arg_params, aux_params): copies, which the next get_params writes to again."""
        self._need("get_params", "params_initialized")
        return self._default.get_params()

    def init_params(self, initializer: Any = SCALED, arg_params: Any = None,
                    aux_params: Any = None, allow_missing: bool = False, force_init: bool = False,
                    allow_extra: bool = False) -> None:
        """As Module.init_params, without a warning."""
        if self.params_initialized and not force_init:
            return
        self._need("init_params", "binded")
        self._default.init_params(initializer, arg_params, aux_params, allow_missing, force_init,
                                  allow_extra)
        self.params_initialized = True

    def set_params(self, arg_params: Any, aux_params: Any, allow_missing: bool = False,
                   force_init: bool = True, allow_extra: bool = False) -> None:
        """As Module.set_params."""
        if self.params_initialized and not force_init:
            warnings.warn("Parameters already initialized and force_init=False. set_params call "
                          "ignored.", stacklevel=2)
            return
        self._need("set_params", "binded")
        self._default.set_params(arg_params, aux_params, allow_missing, True, allow_extra)
        self.params_initialized = True

    def init_optimizer(self, kvstore: Any = "local", optimizer: Any = "sgd",
                       optimizer_params: Any = (("learning_rate", 0.01),),
                       force_init: bool = False) -> None:
        """As Module.init_optimizer, for all buckets."""
        self._need("init_optimizer", "binded", "params_initialized")
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring.")
            return
        self._default.init_optimizer(kvstore, optimizer, optimizer_params, force_init)
        for module in self._buckets.values():
            if module is not self._default and module.binded:
                module.borrow_optimizer(self._default)
        self.optimizer_initialized = True

    # Running -------------------------------------------------------------------------------------

    def prepare(self, data_batch: Any, sparse_row_id_fn: Any = None) -> None:
        """Make the Module of the batch's bucket, if there is none yet; go on with the current."""
        self._need("prepare", "binded", "params_initialized")
        current = self._curr_bucket_key
        self.switch_bucket(data_batch.bucket_key, data_batch.provide_data,
                           data_batch.provide_label)
        self._curr_module.prepare(data_batch, sparse_row_id_fn=sparse_row_id_fn)
        self._curr_bucket_key = current

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Go on with the bucket of the batch, and compute its outputs."""
        self._need("forward", "binded", "params_initialized")
        self.switch_bucket(data_batch.bucket_key, data_batch.provide_data,
                           data_batch.provide_label)
        self._curr_module.forward(data_batch, is_train)

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradients of the current bucket."""
        self._need("backward", "binded", "params_initialized")
        self._curr_module.backward(out_grads)

    def update(self) -> None:
        """Update the parameters of the current bucket by its gradients."""
        self._need("update", "binded", "params_initialized", "optimizer_initialized")
        self._curr_module.update()
        self._default._params_dirty = True

    def get_outputs(self, merge_multi_context: bool = True) -> list[Any]:
        """As Module.get_outputs, of the current bucket."""
        self._need("get_outputs", "binded", "params_initialized")
        return self._curr_module.get_outputs(merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> list[Any]:
        """As Module.get_input_grads, of the current bucket."""
        self._need("get_input_grads", "binded", "params_initialized", "inputs_need_grad")
        return self._curr_module.get_input_grads(merge_multi_context)

    def get_states(self, merge_multi_context: bool = True) -> list[Any]:
        """As Module.get_states, of the current bucket."""
        self._need("get_states", "binded", "params_initialized")
        return self._curr_module.get_states(merge_multi_context)

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """As Module.set_states, of the current bucket."""
        self._need("set_states", "binded", "params_initialized")
        self._curr_module.set_states(states, value)

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Take the outputs of the current bucket into a metric."""
        self._need("update_metric", "binded", "params_initialized")
        self._curr_module.update_metric(eval_metric, labels, pre_sliced)

    def install_monitor(self, mon: Any) -> None:
        """Let a Monitor watch all buckets, those to come, too."""
        self._need("install_monitor", "binded")
        self._monitor = mon
        for module in self._buckets.values():
            if module.binded:
                module.install_monitor(mon)

    # Files ---------------------------------------------------------------------------------------

    def save_checkpoint(self, prefix: Any, epoch: int, remove_amp_cast: bool = False) -> None:
        """Write `prefix-<key>-symbol.json` of each bucket, `prefix-0007.params` (epoch 7), and
        `prefix.buckets`, the keys, which must be integers."""
        for key in self._buckets:
            if not isinstance(key, (int, np.integer)):
                raise MXNetValueError("BucketingModule.save_checkpoint: the keys of buckets must "
                                      f"be integers, as the format has it; got {key!r}")
        self.save_params(params_path(prefix, epoch))
        for key, module in self._buckets.items():
            module.symbol.save(f"{prefix}-{key}-symbol.json", remove_amp_cast=remove_amp_cast)
        nd.save(f"{prefix}.buckets", nd.array(list(self._buckets), dtype="int32"))

    @classmethod
    def load(cls, prefix: Any, epoch: int, sym_gen: Any = None, default_bucket_key: Any = None,
             **kwargs: Any) -> BucketingModule:
        """A BucketingModule of what save_checkpoint wrote, here or in MXNet; kwargs: of __init__.

        sym_gen: for the names of inputs, and for buckets that were not saved.
        """
        saved: Any = nd.load(f"{prefix}.buckets")
        keys = [int(key) for key in saved[0].asnumpy()]
        symbols = {key: sym.load(f"{prefix}-{key}-symbol.json") for key in keys}
        return cls.load_dict(symbols, sym_gen, default_bucket_key, *load_params(prefix, epoch),
                             **kwargs)

    @classmethod
    def load_dict(cls, sym_dict: Mapping[Any, Any] | None = None, sym_gen: Any = None,
                  default_bucket_key: Any = None, arg_params: Any = None, aux_params: Any = None,
                  **kwargs: Any) -> BucketingModule:
        """A BucketingModule of Symbols by bucket key, and dicts of parameters and states."""
        for name, value in (("sym_dict", sym_dict), ("sym_gen", sym_gen),
                            ("arg_params", arg_params), ("aux_params", aux_params)):
            if value is None:
                raise ModuleStateError(f"BucketingModule.load_dict: {name} must be given")
        module = cls(sym_gen, default_bucket_key, **kwargs)
        assert sym_dict is not None
        for key, symbol in sym_dict.items():
            module._buckets[key] = module._make(key, symbol)
        module._default._arg_params, module._default._aux_params = arg_params, aux_params
        module._default.params_initialized = module.params_initialized = True
        return module
