"""Making lists: the images of a folder, in the order and with the labels that MXNet gives them."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

from ..._dataio.lines import SPACE
from ...base import MXNetValueError
from ...whole_file import replacing
from ..console import DONE, Console, words
from .options import Options

SEED = 100                                     # MXNet's: the same folder gives the same list
Item = tuple[int, str, int]                    # id, path below root, label


def make_lists(options: Options, console: Console) -> int:
    """Write <prefix>[_chunk][_train|_val|_test].lst; the exit status. Raises MXNetValueError for a
    folder without images."""
    labels: dict[str, int] = {}
    images = list(find_images(options, labels))
    if not images:
        hint = "" if options.recursive else "; --recursive looks into subfolders, too"
        raise MXNetValueError(f"{options.root}: no files that end in {' '.join(options.exts)}"
                              f"{hint}")
    if options.recursive:
        for folder, label in labels.items():
            console.note(f"label {label}: {folder}")
    if options.shuffle:
        random.Random(SEED).shuffle(images)
    listed = 0
    for path, items in cut(images, options):
        write_list(path, items)
        listed += len(items)
        console.note(f"{path}: {words([(len(items), 'image')])}")
    if listed < len(images):
        console.note(f"{words([(len(images) - listed, 'image')])} of {len(images):,} in no list: "
                     "the ratios leave no list for what rounding left over")
    return DONE


def find_images(options: Options, labels: dict[str, int]) -> Iterator[Item]:
    """The images below root, sorted; `labels` gets folder -> label."""
    count = 0
    for folder, names in folders(options.root, options.recursive):
        for name in sorted(names):
            full = os.path.join(folder, name)
            if os.path.splitext(name)[1].lower() not in options.exts or not os.path.isfile(full):
                continue
            path = os.path.relpath(full, options.root)
            if path != path.strip(SPACE) or any(letter in path for letter in "\t\n\r"):
                raise MXNetValueError(f"{full!r}: a name in a list must have no tab and no end of "
                                      "line, and neither begin nor end with a space")
            subfolder = os.path.relpath(folder, options.root)
            yield count, path, labels.setdefault(subfolder, len(labels))
            count += 1


def folders(root: str, recursive: bool) -> Iterator[tuple[str, list[str]]]:
    """(folder, names in it) in order. Links are followed, but not into a folder that holds them."""
    if not recursive:
        yield root, os.listdir(root)
        return

    def fail(error: OSError) -> None:
        raise error

    for folder, inner, names in os.walk(root, followlinks=True, onerror=fail):
        inner.sort()
        real = os.path.realpath(folder)
        inner[:] = [name for name in inner if not is_cycle(os.path.join(folder, name), real)]
        yield folder, names


def is_cycle(path: str, real: str) -> bool:
    """Whether a link leads to the folder `real` or to one above."""
    if not os.path.islink(path):
        return False
    target = os.path.realpath(path)
    return target == real or real.startswith(os.path.join(target, ""))


def cut(items: list[Item], options: Options) -> Iterator[tuple[str, list[Item]]]:
    """(path of a list, its items), cut as MXNet does: sizes come from that of a full chunk."""
    size = -(-len(items) // options.chunks)
    train, test = int(size * options.train_ratio), int(size * options.test_ratio)
    for number in range(options.chunks):
        chunk = items[number * size:(number + 1) * size]
        name = options.prefix + (f"_{number}" if options.chunks > 1 else "")
        if options.train_ratio == 1:
            yield f"{name}.lst", chunk
            continue
        if options.test_ratio:
            yield f"{name}_test.lst", chunk[:test]
        if options.train_ratio + options.test_ratio < 1:
            yield f"{name}_val.lst", chunk[test + train:]
        yield f"{name}_train.lst", chunk[test:test + train]


def write_list(path: str, items: list[Item]) -> None:
    """Lines of id, label, path, with tabs between them."""
    with replacing(path, "w", sync=True) as file:
        file.writelines(f"{number}\t{label:f}\t{name}\n" for number, name, label in items)
