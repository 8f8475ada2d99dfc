"""Parameters of blocks in files: which name in the file belongs to which parameter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from .. import ndarray as nd
from ..base import MXNetTypeError, MXNetValueError
from ..wording import shown
from .agreement import load_all
from .files import load_arrays, shared_start, strip_markers, unknown_names
from .parameter import Parameter
from .utils import shapes_agree

if TYPE_CHECKING:
    from .block import Block


def structural_names(block: Block, prefix: str = "") -> dict[str, Parameter]:
    """{"0.weight": Parameter}: names by attributes and children, whatever the prefixes are."""
    params = {prefix + block._name_in_files(name): param
              for name, param in block._reg_params.items()}
    for name, child in block._children.items():
        params.update(child._collect_params_with_prefix(prefix + name))
    return params


def check_shared(block: Block, shared: Any) -> None:
    """Raise unless `shared` is a dict of Parameters by structural names of the block, each of a
    shape that may be that of the block's own."""
    if not isinstance(shared, Mapping):
        raise MXNetTypeError("share_parameters: shared must be a dict of Parameters by structural "
                             f"names; got {shown(shared)}")
    known = structural_names(block)
    for name, new in shared.items():
        if name not in known:
            raise unknown_names(name, "the dict", known, shared, "ignore_extra")
        if not isinstance(new, Parameter):
            raise MXNetTypeError(f"share_parameters: '{name}' must be a Parameter; "
                                 f"got {shown(new)}")
        if not shapes_agree(known[name].shape, new.shape):
            raise MXNetValueError(f"share_parameters: '{name}' must have shape {known[name].shape} "
                                  f"(0: unknown); got {new.shape}")


def replace_parameters(block: Block, prefix: str, shared: dict[str, Parameter]) -> None:
    """Put the parameters of `shared`, by structural names, in place of the block's own."""
    for name, old in list(block._reg_params.items()):
        new = shared.get(prefix + block._name_in_files(name))
        if new is not None:
            block._reg_params[name] = new
            object.__setattr__(block, name, new)
            block.params._params = {
                key if param is not old else new.name: param if param is not old else new
                for key, param in block.params.items()}
            Parameter.changes += 1
    block._clear_graphs()
    for name, child in block._children.items():
        replace_parameters(child, f"{prefix}{name}.", shared)


def save(block: Block, filename: str, deduplicate: bool) -> None:
    """Write the block's parameters under structural names."""
    params = block._collect_params_with_prefix()
    if deduplicate:
        first = {id(param): name for name, param in reversed(params.items())}
        params = {name: param for name, param in params.items() if first[id(param)] == name}
    nd.save(filename, {name: param.reduced() for name, param in params.items()})


def load(block: Block, filename: str, ctx: Any, allow_missing: bool, ignore_extra: bool,
         cast_dtype: bool, dtype_source: str) -> None:
    """Set the block's parameters from a file, by whichever kind of names fits it best."""
    arrays = strip_markers(load_arrays(filename))
    arrays, params = _matched(block, arrays)
    load_all(params, arrays, f"file {filename!r}", ctx, allow_missing, ignore_extra, cast_dtype,
             dtype_source, is_ours=True)


def _matched(block: Block, arrays: dict[str, nd.NDArray]
             ) -> tuple[dict[str, nd.NDArray], dict[str, Parameter]]:
    """The file's arrays and the block's parameters under the kind of names that fits best.

    Tried in this order: structural names, full names, full names without the block's prefix, and
    full names without what all names on a side have in common (a file of a twin of this block).
    """
    full = dict(block.collect_params().items())
    short = {name.removeprefix(block.prefix): param for name, param in full.items()}
    kinds = [(arrays, block._collect_params_with_prefix()), (arrays, full), (arrays, short)]
    here, there = _common(full), _common(arrays)
    bare = {name[len(there):]: array for name, array in arrays.items()}
    own = {name[len(here):]: param for name, param in full.items()}
    if bare.keys() == own.keys():
        kinds.append((bare, own))
    return max(kinds, key=lambda kind: len(kind[0].keys() & kind[1].keys()))


def _common(names: Collection[str]) -> str:
    """The prefix, up to an underscore, that all names share."""
    shared = shared_start(names)
    return shared[:shared.rfind("_") + 1]
