"""rec info: what is in a file."""

from __future__ import annotations

import argparse
import io
import os
import warnings
from collections import Counter
from typing import Any

from ...recordio import IRHeader
from ..console import DONE, Console, json_text
from .scan import format_of, header_of, index_beside, labels_of, read_index, scan

SUMMARY = "Count records, sizes, labels and image formats."
MOST_NAMED = 20                                # kinds that are listed one by one


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="the .rec files")
    parser.add_argument("--json", action="store_true", help="a JSON object, with a key per file")


def execute(options: argparse.Namespace, console: Console) -> int:
    """Print what is found. Raises RecordError for damage."""
    reports = {path: describe(path, console) for path in options.files}
    print(json_text(reports, indent=2) if options.json else "\n\n".join(
        f"{path}\n{table(values)}" for path, values in reports.items()))
    return DONE


def describe(path: str, console: Console) -> dict[str, Any]:
    """What there is to say of a file; sizes in bytes, those of images in pixels."""
    count = Count()
    for _, record in scan(path, console):
        count.add(record)
    index = index_beside(path)
    keys = len(read_index(index).entries) if os.path.isfile(index) else None
    sizes, ids = count.record_bytes, count.ids
    return {
        "bytes": os.path.getsize(path), "records": count.records, "keys in index": keys,
        "record bytes": {"least": min(sizes), "mean": sum(sizes) / len(sizes),
                         "most": max(sizes)} if sizes else None,
        "without header": count.headless,
        "labels per record": by_count(count.widths), "distinct labels": len(count.labels),
        "records by label": by_count(count.labels) if len(count.labels) <= MOST_NAMED else None,
        "ids": {"least": min(ids), "most": max(ids), "distinct": len(set(ids))} if ids else None,
        "formats": by_count(count.formats),
        "image sizes": by_count(count.shapes, MOST_NAMED), "distinct image sizes":
            len(count.shapes),
    }


class Count:
    """Counts over records."""

    def __init__(self) -> None:
        self.records = self.headless = 0
        self.record_bytes: list[int] = []
        self.ids: list[int] = []
        self.widths: Counter[int] = Counter()
        self.labels: Counter[float] = Counter()
        self.formats: Counter[str] = Counter()
        self.shapes: Counter[str] = Counter()

    def add(self, record: bytes) -> None:
        """One more."""
        self.records += 1
        self.record_bytes.append(len(record))
        header, data = header_of(record)
        if header is None:
            self.headless += 1
            return
        self._add_header(header)
        kind = format_of(data)
        self.formats[kind] += 1
        if kind != "bin":
            self.shapes[image_size(data)] += 1

    def _add_header(self, header: IRHeader) -> None:
        labels = labels_of(header)
        self.ids.append(header.id)
        self.widths[len(labels)] += 1
        if len(labels) == 1:
            self.labels[labels[0]] += 1


def image_size(data: bytes) -> str:
    """"width x height" of an encoded image, which is not decoded; "unreadable" if it cannot be."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            width, height = Image.open(io.BytesIO(data)).size
    except Exception:                          # Pillow's plugins raise nearly anything
        return "unreadable"
    return f"{width} x {height}"


def by_count(counter: Counter[Any], limit: int | None = None) -> dict[str, int]:
    """kind -> count, the most frequent first."""
    ordered = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return {f"{kind:g}" if isinstance(kind, float) else str(kind): count
            for kind, count in ordered[:limit]}


def table(values: dict[str, Any]) -> str:
    """Lines of name and value."""
    def shown(value: Any) -> str:
        if isinstance(value, dict):
            return ", ".join(f"{name}: {shown(part)}" for name, part in value.items()) or "none"
        if isinstance(value, float):
            return f"{value:,.1f}"
        return f"{value:,}" if isinstance(value, int) else str(value)

    return "\n".join(f"  {name + ':':<22}{shown(value)}" for name, value in values.items()
                     if value is not None)
