"""rec unpack: a file becomes a folder of images and the list that im2rec makes a file from."""

from __future__ import annotations

import argparse
import os

from ...recordio import IRHeader
from ...whole_file import replacing
from ..console import DONE, SOME_FAILED, Console, words
from .scan import format_of, header_of, labels_of, scan

SUMMARY = "Write the images to files, named by id and, in folders, by label; and a list of them."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("file", metavar="FILE", help="the .rec file")
    parser.add_argument("folder", metavar="FOLDER", help="where the images go, and <FILE>.lst")
    parser.add_argument("--flat", action="store_true", help="no folders for labels; also the case "
                        "for records with several labels")


def execute(options: argparse.Namespace, console: Console) -> int:
    """Write the files; im2rec --pass-through (and --pack-label) makes the same .rec from them."""
    os.makedirs(options.folder, exist_ok=True)
    stem = os.path.splitext(os.path.basename(options.file))[0]
    taken: set[str] = set()
    with replacing(os.path.join(options.folder, f"{stem}.lst"), "w", sync=True) as file:
        for offset, record in scan(options.file, console):
            header, data = header_of(record)
            if header is None or not labels_of(header):
                console.problem(f"{options.file}: the record at byte {offset} has no header with a "
                                "label, and is left out")
                continue
            path = path_of(header, data, options.flat, taken)
            full = os.path.join(options.folder, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with replacing(full) as image:
                image.write(data)
            labels = "\t".join(map(label_text, labels_of(header)))
            file.write(f"{header.id}\t{labels}\t{path}\n")
    console.note(f"{options.folder}: {words([(len(taken), 'file')])}, and {stem}.lst")
    return SOME_FAILED if console.problems else DONE


def path_of(header: IRHeader, data: bytes, flat: bool, taken: set[str]) -> str:
    """<label>/<id>.<ending>, with _1, _2, ... behind an id that was there before."""
    labels = labels_of(header)
    folder = "" if flat or len(labels) > 1 else f"{labels[0]:.9g}"
    path = name = os.path.join(folder, f"{header.id}.{format_of(data)}")
    again = 0
    while path in taken:
        again += 1
        stem, ending = os.path.splitext(name)
        path = f"{stem}_{again}{ending}"
    taken.add(path)
    return path


def label_text(label: float) -> str:
    """As im2rec writes it where that is exact; else with all digits of a float32."""
    short = f"{label:f}"
    return short if float(short) == label else f"{label:.9g}"
