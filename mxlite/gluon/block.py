"""`Block`: a part of a network, made of parameters and of other blocks."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import initializer
from .. import ndarray as nd
from ..arguments import NamesArguments, arguments_of, check_callable, unknown_argument
from ..base import MXNetAttributeError, MXNetError, MXNetTypeError, MXNetValueError, from_package
from ..util import is_np_array
from ..wording import shown
from . import model_files, saving
from .naming import BlockScope
from .naming import BlockScope as _BlockScope  # noqa: F401  MXNet's name for it
from .nesting import flattened as _flatten  # noqa: F401  MXNet's names
from .nesting import regrouped as _regroup  # noqa: F401
from .parameter import Parameter
from .parameter_dict import ParameterDict
from .summary import print_summary
from .utils import HookHandle, indent

# what only Block.__init__ sets, and the properties that read it
_OF_INIT = {"_children", "_reg_params", "_forward_hooks", "_forward_pre_hooks", "_scope", "_prefix",
            "_params", "_name", "_empty_prefix", "prefix", "name", "params"}


class Block(NamesArguments):
    """Base of all layers and networks: override `forward`, and call the block.

    Blocks and Parameters set as attributes are registered. Make them inside
    `with self.name_scope():`, so that they are named after this block.
    """

    _prepared: Any = None               # the optimizer.prepare() that holds now
    _trained: Any = None                # what fit() was last called with

    def __init__(self, prefix: str | None = None, params: ParameterDict | None = None,
                 **unknown: Any) -> None:
        for name in unknown:
            raise unknown_argument(type(self).__name__, name, arguments_of(type(self)))
        if not isinstance(prefix, str | None):
            raise MXNetTypeError(f"{type(self).__name__}: prefix must be a str; got "
                                 f"{shown(prefix)}")
        if not isinstance(params, ParameterDict | None):
            raise MXNetTypeError(f"{type(self).__name__}: params must be a ParameterDict, as "
                                 f"another block's `params` is; got {shown(params)}")
        self._empty_prefix = prefix == ""
        self._prefix, self._params = BlockScope.create(prefix, params, self._alias())
        self._name = self._prefix.removesuffix("_")
        self._scope = BlockScope(self)
        self._children: dict[str, Block] = {}
        self._reg_params: dict[str, Parameter] = {}
        self._forward_hooks: dict[int, Callable[..., Any]] = {}
        self._forward_pre_hooks: dict[int, Callable[..., Any]] = {}

    if not TYPE_CHECKING:               # a type checker would take every name for an attribute
        def __getattr__(self, name: str) -> Any:
            text = f"{type(self).__name__!r} object has no attribute {name!r}"
            if name in _OF_INIT:
                text = (f"{type(self).__name__}: __init__ must call super().__init__() before it "
                        "does anything else")
                raise MXNetAttributeError(text)
            raise AttributeError(text, name=name, obj=self)

    def _alias(self) -> str:
        return type(self).__name__.lower()

    def __setattr__(self, name: str, value: Any) -> None:
        existing = self.__dict__.get(name)
        if isinstance(existing, (Parameter, Block)) and not isinstance(value, type(existing)):
            raise MXNetTypeError(
                f"Changing attribute type for {name} from {type(existing).__name__} to "
                f"{type(value).__name__} is not allowed.")
        if isinstance(value, Block):
            self.register_child(value, name)
        elif isinstance(value, Parameter):
            if self._reg_params.get(name, value) is not value:
                raise MXNetValueError(
                    f"Overriding Parameter attribute {name} is not allowed. To share parameters, "
                    f"make the block with params=other.params.")
            self._reg_params[name] = value
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        children = {key: value for key, value in self.__dict__.items() if isinstance(value, Block)}
        return _tree(type(self).__name__, children)

    # Names and parameters -----------------------------------------------------------------------

    @property
    def prefix(self) -> str:
        """What the names of all parameters of this block start with."""
        return self._prefix

    @property
    def name(self) -> str:
        """The prefix without the trailing underscore."""
        return self._name

    @property
    def params(self) -> ParameterDict:
        """The parameters of this block itself, without those of its children."""
        return self._params

    def name_scope(self) -> BlockScope:
        """A `with` block in which new blocks and parameters are named after this one."""
        return self._scope

    def collect_params(self, select: str | None = None) -> ParameterDict:
        """The parameters of this block and of all below; those whose names `select` matches.

        select: a regular expression, matched from the start: "dense0_weight|.*bias".
        """
        self._warn_of_containers()
        params = ParameterDict(self._params.prefix)
        pattern = re.compile(select) if select else None
        for name, param in self._params.items():
            if pattern is None or pattern.match(name):
                params._params[name] = param
        for child in self._children.values():
            params.update(child.collect_params(select))
        return params

    def _warn_of_containers(self) -> None:
        known = set(map(id, self._children.values()))
        for name, value in self.__dict__.items():
            if name.startswith("__") or name == "_children" or not isinstance(
                    value, (list, tuple, dict)):
                continue
            values = value.values() if isinstance(value, dict) else value
            if any(isinstance(item, Block) and id(item) not in known for item in values):
                warnings.warn(
                    f'"{type(self).__name__}.{name}" is an unregistered container with Blocks, '
                    "whose parameters are not collected. Register them with register_child(), or "
                    "use nn.Sequential or nn.HybridSequential.", stacklevel=3)

    def initialize(self, init: Any = None, ctx: Any = None, verbose: bool = False,
                   force_reinit: bool = False) -> None:
        """Initialize all parameters: by their own initializers, else by `init` (Uniform())."""
        init = initializer.Uniform() if init is None else init
        self.collect_params().initialize(init, ctx, verbose, force_reinit)

    def zero_grad(self) -> None:
        """Set the gradients of all parameters to zeros."""
        self.collect_params().zero_grad()

    def cast(self, dtype: Any) -> None:
        """Convert all parameters to another dtype."""
        for child in self._children.values():
            child.cast(dtype)
        for param in self._params.values():
            param.cast(dtype)

    def share_parameters(self, shared: dict[str, Parameter]) -> Block:
        """Use the parameters of `shared`, a dict by structural names ("0.weight").

        Raises MXNetError, and changes nothing, where a name, a class or a shape does not fit.
        """
        saving.check_shared(self, shared)
        saving.replace_parameters(self, "", shared)
        return self

    def _clear_graphs(self) -> None:
        """Forget what was traced of this block: of a HybridBlock alone there is something."""

    # Structure ----------------------------------------------------------------------------------

    def register_child(self, block: Block, name: str | None = None) -> None:
        """Make `block` a child of this one, called `name` (default: its number).

        Raises TypeError for what is no Block, ValueError where this block is the child or in it.
        """
        if not isinstance(block, Block):
            raise MXNetTypeError(f"{type(self).__name__}: a child must be a Block; "
                                 f"got {shown(block)}")
        if block is self or _holds(block, self):
            raise MXNetValueError(f"{type(self).__name__}: a block cannot hold itself; "
                                  f"{block.name!r} {'is' if block is self else 'holds'} this one")
        self._children[str(len(self._children)) if name is None else name] = block

    def apply(self, fn: Callable[[Block], Any]) -> Block:
        """Call `fn` on all blocks below, then on this one."""
        check_callable(f"{type(self).__name__}.apply", "fn", fn)
        for child in self._children.values():
            child.apply(fn)
        fn(self)
        return self

    def hybridize(self, active: bool = True, **kwargs: Any) -> None:
        """Hybridize the HybridBlocks below."""
        for child in self._children.values():
            child.hybridize(active, **kwargs)

    # Files --------------------------------------------------------------------------------------

    def _name_in_files(self, attribute: str) -> str:
        """What files call the parameter that is this attribute."""
        return attribute

    def _collect_params_with_prefix(self, prefix: str = "") -> dict[str, Parameter]:
        """The parameters by the names that files have, {"0.weight": Parameter}; subclasses may
        override it. prefix: what the names start with, before a dot."""
        return saving.structural_names(self, f"{prefix}." if prefix else "")

    def save_parameters(self, filename: str, deduplicate: bool = False) -> None:
        """Write all parameters to a `.params` file under structural names ("0.weight").

        deduplicate: write a shared parameter once.
        """
        saving.save(self, filename, deduplicate)

    def load_parameters(self, filename: str, ctx: Any = None, allow_missing: bool = False,
                        ignore_extra: bool = False, cast_dtype: bool = False,
                        dtype_source: str = "current") -> None:
        """Read the parameters from a file of save_parameters, ParameterDict.save or export.

        allow_missing: leave parameters alone that the file lacks. ignore_extra: pass over arrays
        that the network lacks. cast_dtype: convert, to the dtype of the 'current' parameter or to
        the 'saved' one, as dtype_source says.
        """
        saving.load(self, filename, ctx, allow_missing, ignore_extra, cast_dtype, dtype_source)

    def save(self, prefix: str) -> None:
        """Write `<prefix>-model.json`, the tree of blocks, and `<prefix>-model.params`.

        A network that the same program makes again reads them with `load`.
        """
        model_files.save(self, prefix)

    def load(self, prefix: str) -> None:
        """Read what `save` wrote, here or in MXNet: parameters, names, and what is hybridized.

        Raises ValueError where this network is made of other blocks.
        """
        model_files.load(self, prefix)

    def save_params(self, filename: str) -> None:
        """The old form of save_parameters: full names, without this block's prefix, as SymbolBlock
        reads them."""
        warnings.warn("save_params is deprecated. Please use save_parameters, or export for a "
                      "SymbolBlock.", DeprecationWarning, stacklevel=2)
        self.collect_params().save(filename, strip_prefix=self.prefix)

    def load_params(self, filename: str, ctx: Any = None, allow_missing: bool = False,
                    ignore_extra: bool = False) -> None:
        """The old name of load_parameters."""
        warnings.warn("load_params is deprecated. Please use load_parameters.",
                      DeprecationWarning, stacklevel=2)
        self.load_parameters(filename, ctx, allow_missing, ignore_extra)

    # Training -----------------------------------------------------------------------------------

    def fit(self, train_data: Any, val_data: Any = None, num_epochs: int = 1, loss_fn: Any = None,
            optimizer: Any = None, metrics: Any = None, batch_size: int = 32, ctx: Any = None,
            event_handlers: Any = None, verbose: bool = True) -> dict[str, float]:
        """Train this network, and show a progress bar; returns the last epoch's metrics by name.

        train_data, val_data: a DataLoader; a Dataset or a pair of arrays (data, label), from which
            batches of batch_size are made, those of train_data shuffled; an iterator of mx.io; a
            DataBatch. Of a Dataset, images (H, W, C) of uint8 become float32 (C, H, W) from 0 to 1.
        loss_fn, optimizer: a gluon.loss.Loss, and an Optimizer or the name of one. None: those of
            `with optimizer.prepare(net, loss):`, or else those of the last fit, which goes on. A
            SoftmaxCrossEntropyLoss leaves out its softmax where the last layer is a softmax.
        metrics: metrics or their names; None: accuracy, for SoftmaxCrossEntropyLoss. The loss comes
            behind them.
        ctx: context or contexts; None: where the parameters are.
        event_handlers: handlers of gluon.contrib.estimator, which does the work. verbose=False:
            no bar.

        Parameters that have not been initialized are, by their own initializers or Xavier().
        """
        from .training import fit

        return fit(self, train_data, val_data, num_epochs, loss_fn, optimizer, metrics, batch_size,
                   ctx, event_handlers, verbose)

    def evaluate(self, data: Any, metrics: Any = None, loss_fn: Any = None,
                 batch_size: int = 32) -> list[float]:
        """The values of the metrics over `data`, then the loss; see `fit` for the arguments.

        What is not given is as in the last fit.
        """
        from .training import evaluate

        measured = evaluate(self, data, loss_fn, metrics, batch_size)
        return [value for metric in measured for _, value in metric.get_name_value()]

    def validate(self, data: Any, metrics: Any = None, loss_fn: Any = None,
                 batch_size: int = 32) -> tuple[float, dict[str, float]]:
        """(loss, {name of a metric: its value}) over `data`; see `evaluate`."""
        from .training import evaluate

        if metrics is not None and loss_fn is None and self._prepared is self._trained is None:
            raise MXNetValueError("validate: there is no loss_fn; give validate(loss_fn=...), or "
                                  "evaluate() the metrics alone")
        *measured, loss = evaluate(self, data, loss_fn, metrics, batch_size)
        return loss.get()[1], {name: value for metric in measured
                               for name, value in metric.get_name_value()}

    # Running --------------------------------------------------------------------------------------

    def __call__(self, *args: Any) -> Any:
        try:
            out = (self._call_hooked(args) if self._forward_hooks or self._forward_pre_hooks
                   else self.forward(*args))
            if is_np_array():
                self._check_numpy(out)
            return out
        except MXNetError as error:
            params = self.__dict__.get("_reg_params")
            if params:
                shapes = [f"{name} {param.shape}" for name, param in params.items()]
                error.add_note(f"in {type(self).__name__} {self.name!r} with {', '.join(shapes)}")
            raise

    def _check_numpy(self, out: Any) -> None:
        """Raise TypeError, as MXNet does, where outputs are NDArrays while mx.np is switched on."""
        if isinstance(out, (list, tuple)):
            for item in out:
                self._check_numpy(item)
        elif type(out) is nd.NDArray:
            raise MXNetTypeError(
                f"{type(self).__name__}: inside npx.set_np() the outputs of a block must be arrays "
                "of mx.np; got an NDArray of mx.nd; x.as_np_ndarray() is it as one of mx.np")

    def _call_hooked(self, args: tuple[Any, ...]) -> Any:
        for hook in list(self._forward_pre_hooks.values()):
            hook(self, args)
        out = self.forward(*args)
        for hook in list(self._forward_hooks.values()):
            hook(self, args, out)
        return out

    def forward(self, *args: Any) -> Any:
        """The computation; subclasses override it."""
        raise NotImplementedError(f"{type(self).__name__} must override forward")

    def register_forward_pre_hook(self, hook: Callable[..., Any]) -> HookHandle:
        """Call hook(block, inputs) before every forward; the handle's detach() ends that."""
        return HookHandle(self._forward_pre_hooks, hook)

    def register_forward_hook(self, hook: Callable[..., Any]) -> HookHandle:
        """Call hook(block, inputs, outputs) after every forward; detach() ends that."""
        return HookHandle(self._forward_hooks, hook)

    def register_op_hook(self, callback: Callable[[bytes, bytes, nd.NDArray], Any],
                         monitor_all: bool = False) -> None:
        """Call callback(name, operator, array) for every output of every operator, of those blocks
        in this one that are hybridized, in each of their calls. monitor_all: for inputs, too.

        name and operator are bytes, as in MXNet: b"net_dense0_fwd_output", b"FullyConnected".
        """
        for child in self._children.values():
            child.register_op_hook(callback, monitor_all)

    def summary(self, *inputs: nd.NDArray) -> None:
        """Print output shapes and numbers of parameters, layer by layer, for these inputs."""
        print_summary(self, inputs)


def _holds(block: Block, sought: Block) -> bool:
    """Whether `sought` is below `block`."""
    return any(child is sought or _holds(child, sought) for child in block._children.values())


def _tree(title: str, children: dict[str, Block]) -> str:
    lines = "\n".join(f"  ({key}): {indent(repr(child))}" for key, child in children.items())
    return f"{title}(\n{lines}\n)"


if not TYPE_CHECKING:
    def __getattr__(name: str) -> Any:
        """What MXNet has in this module, and the package from another."""
        return from_package(__name__, name)
