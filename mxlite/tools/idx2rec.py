"""idx2rec: MNIST's idx files become a RecordIO file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from ..base import MXNetValueError
from ..recordio import IRHeader, pack
from .console import DONE, Console, at_least, parser_of, run, words
from .im2rec.options import cores
from .rec.output import Output

GROUP = 1024                                   # images that are encoded at a time


def build_parser() -> argparse.ArgumentParser:
    """The options of idx2rec."""
    parser = parser_of("idx2rec", "Packs images and labels of MNIST's format (idx, also .gz) into "
                                  "<prefix>.rec and <prefix>.idx.")
    parser.add_argument("images", help="idx file of bytes, (number, height, width) or (number, "
                        "height, width, 1 or 3), RGB")
    parser.add_argument("labels", help="idx file of bytes, (number,)")
    parser.add_argument("prefix", help="of the files to write")
    parser.add_argument("--encoding", choices=[".png", ".jpg", "raw"], default=".png",
                        help="of the images; raw pixels cannot be read by ImageRecordIter")
    parser.add_argument("--quality", type=int, help="of JPEG, 1-100 (95 if not given); or "
                        "compression of PNG, 0-9 (9 if not given)")
    parser.add_argument("--num-thread", type=at_least(1), default=cores(),
                        help="images that are encoded at a time")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """The tool `mxlite-idx2rec`."""
    def body() -> int:
        options = build_parser().parse_args(arguments)
        return convert(options, Console("idx2rec", options.quiet))

    return run("idx2rec", body)


def convert(options: argparse.Namespace, console: Console) -> int:
    """Write the files."""
    quality = quality_of(options)
    images, labels = read_images(options.images), read_labels(options.labels)
    if len(images) != len(labels):
        raise MXNetValueError(f"images and labels must be as many; got {len(images)} images in "
                              f"{options.images} and {len(labels)} labels in {options.labels}")

    def record_of(number: int) -> bytes:
        header = IRHeader(0, float(labels[number]), number, 0)
        return pack(header, encode(images[number], options.encoding, quality))

    output = Output(f"{options.prefix}.rec", [options.images, options.labels])
    try:
        with ThreadPoolExecutor(options.num_thread) as pool, \
                console.progress(len(images), "image") as bar:
            numbers = iter(range(len(images)))
            while group := list(islice(numbers, GROUP)):
                for number, record in zip(group, pool.map(record_of, group), strict=True):
                    output.add(str(number), record)
                bar.update(len(group))
        output.close()
    except BaseException:
        output.abandon()
        raise
    console.note(f"{options.prefix}.rec: {words([(output.count, 'record')])}")
    return DONE


def quality_of(options: argparse.Namespace) -> int:
    """The quality or compression. Raises MXNetValueError for one that the encoding has not."""
    low, high, usual = (1, 100, 95) if options.encoding == ".jpg" else (0, 9, 9)
    quality: int = usual if options.quality is None else options.quality
    if not low <= quality <= high:
        raise MXNetValueError(f"--quality must be from {low} to {high} for {options.encoding}; got "
                              f"{quality}")
    return quality


def read_images(path: str) -> Any:
    """(number, height, width[, channels]), uint8. Raises MXNetValueError."""
    from ..io.idx import read_idx

    try:
        return read_idx(path, 3)
    except MXNetValueError as error:
        try:
            images = read_idx(path, 4)
        except MXNetValueError:
            raise error from None
    if images.shape[3] not in (1, 3):
        raise MXNetValueError(f"{path}: images must have 1 or 3 channels; got {images.shape[3]}")
    return images


def read_labels(path: str) -> Any:
    """(number,), uint8. Raises MXNetValueError."""
    from ..io.idx import read_idx

    return read_idx(path, 1)


def encode(image: Any, encoding: str, quality: int) -> bytes:
    """An image, encoded or as its pixels."""
    if encoding == "raw":
        return bytes(image.tobytes())
    from .._dataio import codec

    return codec.encode(image, encoding, quality, caller="idx2rec", rgb=True)


if __name__ == "__main__":
    sys.exit(main())
