"""What a module with an optimizer of its own has: the base of `Module`."""

from __future__ import annotations

import logging
import warnings
from typing import Any

from .. import optimizer as opt
from ..base import MXNetTypeError
from ..checkpoint import params_path, states_path, symbol_path
from .base_module import BaseModule
from .updates import Updates


class OptimizedModule(BaseModule):
    """The optimizer of a Module, its updates and its states; checkpoints."""

    _context: list[Any]
    _arg_params: Any
    _params_dirty: bool                     # the executors have newer values
    _exec_group: Any
    _optimizer: Any = None
    _updates: Updates | None = None
    _compression_params: Any = None
    _preload_opt_states: str | None = None

    def _sync_params_from_devices(self) -> None:
        raise self._lacks("_sync_params_from_devices")

    def init_optimizer(self, kvstore: Any = "local", optimizer: Any = "sgd",
                       optimizer_params: Any = (("learning_rate", 0.01),),
                       force_init: bool = False) -> None:
        """Take an optimizer, an object or a name with parameters.

        Where rescale_grad is not given, it becomes 1 / batch size. By name, only parameters that
        end in _weight or _gamma decay. kvstore: over several contexts, None trains each copy by
        itself; a name, "local" or "device", or a store sums the gradients.
        """
        self._need("init_optimizer", "binded", "params_initialized")
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring...")
            return
        if self._params_dirty:
            self._sync_params_from_devices()
        updates = Updates(kvstore, self._arg_params, len(self._context), self._compression_params)
        scale = updates.share_of_batch() / (self._exec_group.batch_size or 1)
        if isinstance(optimizer, str):
            optimizer = opt.create(optimizer, **{"rescale_grad": scale, **dict(optimizer_params)},
                                   sym=self._symbol, param_idx2name=updates.idx2name())
        elif not isinstance(optimizer, opt.Optimizer):
            raise MXNetTypeError("init_optimizer: optimizer must be a name or an Optimizer; got "
                                 f"{type(optimizer).__name__}")
        elif not optimizer._fill_rescale_grad(scale) and optimizer.rescale_grad != scale:
            warnings.warn("Optimizer created manually outside Module but rescale_grad is not "
                          "normalized to 1.0/batch_size/num_workers "
                          f"({optimizer.rescale_grad} vs. {scale}). Is this intended?",
                          stacklevel=2)
        if not optimizer.idx2name:
            optimizer.idx2name = updates.idx2name()
        updates.set_optimizer(optimizer)
        group = self._exec_group
        updates.start(group.param_names, group.param_arrays, self._arg_params)
        updates.sum_early(group)
        self._optimizer, self._updates = optimizer, updates
        self.optimizer_initialized = True
        if self._preload_opt_states is not None:
            self.load_optimizer_states(self._preload_opt_states)
            self._preload_opt_states = None

    def borrow_optimizer(self, shared_module: OptimizedModule) -> None:
        """Use the optimizer, and its states, of another Module, whose parameters this one shares.
        """
        shared_module._need("borrow_optimizer", "optimizer_initialized")
        self._optimizer, self._updates = shared_module._optimizer, shared_module._updates
        self.optimizer_initialized = True

    def update(self) -> None:
        """Update the parameters by the gradients of the last backward."""
        self._need("update", "binded", "for_training", "params_initialized",
                   "optimizer_initialized")
        assert self._updates is not None
        self._params_dirty = True
        group = self._exec_group
        self._updates.update(group.param_names, group.param_arrays, group.grad_arrays)
        self._updates.watch(group)

    def save_checkpoint(self, prefix: Any, epoch: int, save_optimizer_states: bool = False,
                        remove_amp_cast: bool = True) -> None:
        """Write `prefix-symbol.json`, `prefix-0007.params`, and `prefix-0007.states` if asked."""
        self._symbol.save(symbol_path(prefix), remove_amp_cast=remove_amp_cast)
        path = params_path(prefix, epoch)
        self.save_params(path)
        logging.info('Saved checkpoint to "%s"', path)
        if save_optimizer_states:
            path = states_path(prefix, epoch)
            self.save_optimizer_states(path)
            logging.info('Saved optimizer state to "%s"', path)

    def save_optimizer_states(self, fname: Any) -> None:
        """Write the optimizer's states to a file, which MXNet's Module reads, too."""
        self._need("save_optimizer_states", "optimizer_initialized")
        assert self._updates is not None
        self._updates.save(fname)

    def load_optimizer_states(self, fname: Any) -> None:
        """Read what save_optimizer_states wrote, here or in MXNet.

        Nothing in the file is run. Raises MXNetError, and changes nothing, where it is damaged.
        """
        self._need("load_optimizer_states", "optimizer_initialized")
        assert self._updates is not None
        self._updates.load(fname)

    # MXNet's names of private attributes, which programs read

    @property
    def _updater(self) -> Any:
        return None if self._updates is None or self._updates.is_once else self._updates._updater

    @property
    def _kvstore(self) -> Any:
        return None if self._updates is None else self._updates.kvstore

    @property
    def _update_on_kvstore(self) -> Any:
        return None if self._updates is None else self._updates.is_once
