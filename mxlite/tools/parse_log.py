"""parse_log: a training log becomes a table of epochs."""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
from collections.abc import Callable, Iterable, Sequence

from ..base import MXNetError, MXNetValueError
from .console import DONE, json_text, parser_of, run

NUMBER = r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf)"
Row = list[float | None]                       # epoch from 1 on, then a mean for each column


def build_parser() -> argparse.ArgumentParser:
    """MXNet's options, and more formats."""
    parser = parser_of("parse_log", "Makes a table of the metrics in a training log.")
    parser.add_argument("logfile", help="the log; - reads what is piped in")
    parser.add_argument("--format", choices=list(FORMATS), default="markdown",
                        help="of the table; none is columns with tabs between them")
    parser.add_argument("--metric-names", nargs="+", default=["accuracy"],
                        help="metrics to look for (regular expressions)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """The tool `mxlite-parse-log`."""
    def body() -> int:
        options = build_parser().parse_args(arguments)
        names = options.metric_names
        columns = ([f"train-{name}" for name in names] + [f"val-{name}" for name in names]
                   + ["time"])
        patterns = patterns_of(names)
        if options.logfile == "-":
            rows = parse(sys.stdin, patterns)
        else:
            with open(options.logfile, encoding="utf-8", errors="replace") as file:
                rows = parse(file, patterns)
        if not rows:
            raise MXNetError(f"{options.logfile}: no line like 'Epoch[0] Train-{names[0]}=0.5'; "
                             "--metric-names says which metrics to look for")
        print(FORMATS[options.format](["epoch", *columns], rows))
        return DONE

    return run("parse_log", body)


def patterns_of(names: Iterable[str]) -> list[re.Pattern[str]]:
    """A pattern for each column; its groups are epoch and value. Raises MXNetValueError."""
    names = list(names)
    for name in names:
        try:
            re.compile(name)
        except re.error as error:
            raise MXNetValueError("--metric-names must be regular expressions; got "
                                  f"{name!r}: {error}") from None
    whats = [f"{kind}-(?:{name})" for kind in ("Train", "Validation") for name in names]
    return [re.compile(rf".*Epoch\[(?P<epoch>\d+)\] {what}[^=]*=(?P<value>{NUMBER})")
            for what in [*whats, "Time"]]


def parse(lines: Iterable[str], patterns: Sequence[re.Pattern[str]]) -> list[Row]:
    """A row for each epoch, in the order of the log: its number from 1 on, then the mean of the
    values of each pattern, None without any. A line counts for the first pattern that fits."""
    values_of: dict[int, list[list[float]]] = {}
    for line in lines:
        for column, pattern in enumerate(patterns):
            match = pattern.match(line)
            if match:
                values = values_of.setdefault(int(match["epoch"]), [[] for _ in patterns])
                values[column].append(float(match["value"]))
                break
    return [[epoch + 1, *(sum(column) / len(column) if column else None for column in values)]
            for epoch, values in values_of.items()]


# ---------------------------------------------------------------- formats

def cells(row: Row) -> list[str]:
    """Text as MXNet's tool has it: the epoch in two places, six digits, the time with one."""
    def shown(value: float | None, format: str) -> str:
        return "-" if value is None else format % value

    epoch, *values, seconds = row
    return [shown(epoch, "%2d"), *(shown(value, "%f") for value in values), shown(seconds, "%.1f")]


def markdown(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """A table in Markdown."""
    lines = [f"| {' | '.join(columns)} |", "| --- " * len(columns) + "|"]
    return "\n".join(lines + [f"| {' | '.join(cells(row))} |" for row in rows])


def plain(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """Columns with tabs between them."""
    return "\n".join("\t".join(line) for line in [columns, *map(cells, rows)])


def comma_separated(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """CSV with all digits; what is missing is empty."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([columns, *rows])
    return file.getvalue().rstrip("\n")


def as_json(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """A list of objects; what is missing, or no finite number, is null."""
    return json_text([dict(zip(columns, row, strict=True)) for row in rows], indent=2)


FORMATS: dict[str, Callable[[Sequence[str], Sequence[Row]], str]] = {
    "markdown": markdown, "none": plain, "csv": comma_separated, "json": as_json}


if __name__ == "__main__":
    sys.exit(main())
