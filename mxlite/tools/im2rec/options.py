"""The options of im2rec: MXNet's names and defaults, and some more."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ...base import MXNetValueError
from ..console import at_least, parser_of

EXTENSIONS = (".jpeg", ".jpg", ".png")


@dataclass(frozen=True)
class Recipe:
    """What decides the bytes of a record, besides the image and its line in the list."""

    root: str
    pass_through: bool = False
    resize: int = 0
    center_crop: bool = False
    quality: int = 95
    color: int = 1
    encoding: str = ".jpg"
    pack_label: bool = False
    fast_decode: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Options:
    """All options; `prefix` and `root` are absolute paths."""

    prefix: str
    recipe: Recipe
    list: bool = False
    exts: tuple[str, ...] = EXTENSIONS
    chunks: int = 1
    train_ratio: float = 1.0
    test_ratio: float = 0.0
    recursive: bool = False
    shuffle: bool = True
    num_thread: int = 1
    executor: str = "local"
    address: str | None = None
    shared_folder: str | None = None
    restart: bool = False
    quiet: bool = False

    @property
    def root(self) -> str:
        """The folder with the images."""
        return self.recipe.root


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def build_parser() -> argparse.ArgumentParser:
    """MXNet's options in MXNet's order, then those that are new."""
    parser = parser_of("im2rec", "Makes lists of images (--list), or packs the images of lists into"
                                 " RecordIO files.")
    parser.add_argument("prefix", help="lists are <prefix>*.lst; or a folder that holds lists")
    parser.add_argument("root", help="folder of the images")
    make = parser.add_argument_group("making lists")
    make.add_argument("--list", action="store_true", help="make <prefix>.lst of the files in root")
    make.add_argument("--exts", nargs="+", default=list(EXTENSIONS), help="endings of images")
    make.add_argument("--chunks", type=at_least(1), default=1, help="into how many lists to cut")
    make.add_argument("--train-ratio", type=float, default=1.0, help="part that goes to _train.lst")
    make.add_argument("--test-ratio", type=float, default=0.0, help="part that goes to _test.lst; "
                      "what is left goes to _val.lst")
    make.add_argument("--recursive", action="store_true",
                      help="take subfolders too; each folder with images is a label of its own")
    make.add_argument("--no-shuffle", dest="shuffle", action="store_false",
                      help="leave the images sorted by name")
    add_packing(parser.add_argument_group("packing"))
    add_running(parser.add_argument_group("running"))
    return parser


def add_packing(group: argparse._ArgumentGroup) -> None:
    """Options of MXNet that decide the bytes of records."""
    group.add_argument("--pass-through", action="store_true", help="pack the files as they are")
    group.add_argument("--resize", type=at_least(0), default=0,
                       help="length of the shorter edge, in pixels; 0 leaves the size")
    group.add_argument("--center-crop", action="store_true", help="cut out the square middle")
    group.add_argument("--quality", type=int, default=95,
                       help="of JPEG, 1-100; or compression of PNG, 0-9 (more means 9)")
    group.add_argument("--num-thread", type=at_least(1), default=cores(),
                       help="images in work at a time; the records and their order are the same")
    group.add_argument("--color", type=int, default=1, choices=[-1, 0, 1],
                       help="1: color, 0: gray, -1: as in the file, with alpha")
    group.add_argument("--encoding", default=".jpg", choices=[".jpg", ".png"],
                       help="format of the packed images")
    group.add_argument("--pack-label", action="store_true",
                       help="pack all labels of a line, not just the first")


def add_running(group: argparse._ArgumentGroup) -> None:
    """Options that MXNet's tool does not have."""
    group.add_argument("--fast-decode", action="store_true",
                       help="with --resize: decode JPEGs at a smaller size where that is enough; "
                       "faster, but pixels differ slightly from those of MXNet's tool")
    group.add_argument("--executor", choices=["local", "dask", "ray"], default="local",
                       help="an engine that spreads the work over machines")
    group.add_argument("--address", help="of the engine's scheduler; without it one is started")
    group.add_argument("--shared-folder", help="a folder that all machines see, to hand over "
                       "parts; without it they travel through the engine")
    group.add_argument("--restart", action="store_true",
                       help="begin anew, even if an earlier run of the same command was cut short")


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Options from the command line (sys.argv if None). Raises MXNetValueError."""
    values = vars(build_parser().parse_args(arguments))
    recipe = Recipe(root=os.path.abspath(values.pop("root")), **{
        name: values.pop(name) for name in Recipe.__dataclass_fields__ if name != "root"})
    values["prefix"] = absolute_prefix(values["prefix"])
    values["exts"] = tuple(
        (ext if ext.startswith(".") else f".{ext}").lower() for ext in values["exts"])
    options = Options(recipe=recipe, **values)
    check(options)
    return options


def absolute_prefix(prefix: str) -> str:
    """The absolute path; the folder where the files go is there."""
    path = os.path.abspath(prefix)
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    if not os.path.isdir(folder):
        raise MXNetValueError(f"prefix must be in a folder that is there; got {prefix!r}, and no "
                              f"folder {folder!r}")
    return path


def check(options: Options) -> None:
    """Raise MXNetValueError for values that do not go together."""
    recipe, train, test = options.recipe, options.train_ratio, options.test_ratio
    if not os.path.isdir(recipe.root):
        what = "is a file" if os.path.exists(recipe.root) else "is not there"
        raise MXNetValueError(f"root must be the folder of the images; {recipe.root!r} {what}")
    for name, ratio in (("--train-ratio", train), ("--test-ratio", test)):
        if not 0 <= ratio <= 1:
            raise MXNetValueError(f"{name} must be from 0 to 1; got {ratio}")
    if train + test > 1 + 1e-9:
        raise MXNetValueError("--train-ratio and --test-ratio must not be more than 1 together; "
                              f"got {train} + {test} = {train + test:g}")
    low = 1 if recipe.encoding == ".jpg" else 0
    if not low <= recipe.quality <= 100:
        raise MXNetValueError(f"--quality must be from {low} to 100 for {recipe.encoding}; got "
                              f"{recipe.quality}")
    if options.executor == "local" and (options.address or options.shared_folder):
        raise MXNetValueError("--address and --shared-folder need --executor dask or ray")
    if options.shared_folder is not None and not os.path.isdir(options.shared_folder):
        raise MXNetValueError("--shared-folder must be a folder that is there; got "
                              f"{options.shared_folder!r}")
