"""The trace and the table that are made of what was seen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

COLUMNS = {"total": "Total", "avg": "Avg", "min": "Min", "max": "Max", "count": "Count"}
# the phases of what has a beginning and an end, in the trace
PHASES = {"operator": "BE", "event": "BE", "task": "be", "frame": "()"}
SCOPES = {"global": "g", "process": "p", "thread": "t", "task": "t", "marker": "t"}


class Record(NamedTuple):
    """Something that was seen. kind: operator, task, frame, event, counter or marker.

    start and end: nanoseconds of time.perf_counter_ns. value: of a counter; scope: of a marker.
    """

    category: str
    name: str
    kind: str
    start: int
    end: int
    thread: int
    value: int = 0
    scope: str = ""


class Total:
    """What the table says of one name: of durations in ns, or of a counter's values."""

    def __init__(self) -> None:
        self.count, self.total, self.least, self.most = 0, 0.0, float("inf"), float("-inf")

    def add(self, value: float) -> None:
        self.count += 1
        self.total += value
        self.least, self.most = min(self.least, value), max(self.most, value)

    def numbers(self, scale: float) -> dict[str, float]:
        """The columns of the table."""
        return {"count": self.count, "total": self.total / scale, "min": self.least / scale,
                "max": self.most / scale, "avg": self.total / self.count / scale}


Totals = dict[str, dict[str, Total]]        # category -> name -> its total
MILLISECOND = 1e6


def add_up(totals: Totals, record: Record) -> None:
    """Add a record to what the table is made of."""
    if record.kind == "marker":
        return
    category = f"{record.category},counter" if record.kind == "counter" else record.category
    total = totals.setdefault(category, {}).setdefault(record.name, Total())
    total.add(record.value if record.kind == "counter" else record.end - record.start)


def rows(totals: Totals, sort_by: str, ascending: bool
         ) -> list[tuple[str, list[tuple[str, dict[str, float]]]]]:
    """(category, its rows) in the order of the table."""
    result = []
    for category, names in sorted(totals.items()):
        scale = 1.0 if category.endswith(",counter") else MILLISECOND
        numbers = [(name, total.numbers(scale)) for name, total in names.items()]
        numbers.sort(key=lambda row: row[1][sort_by], reverse=not ascending)
        result.append((category, numbers))
    return result


def table(totals: Totals, sort_by: str, ascending: bool) -> str:
    """The table of `dumps`, laid out as MXNet's."""
    lines = ["", "Profile Statistics:", "\tNote the difference in units for different entries."]
    for category, numbers in rows(totals, sort_by, ascending):
        unit = ("Sum", "Min", "Max", "Avg") if category.endswith(",counter") else (
            "Time (ms)", "Min Time (ms)", "Max Time (ms)", "Avg Time (ms)")
        heads = ("Total Count", *unit)
        lines += [category, "================="]
        for first, others in (("Name", heads), ("----", ["-" * len(head) for head in heads])):
            lines.append(f"{first:<25}{others[0]:>16}" + "".join(f"{x:>17}" for x in others[1:]))
        lines += [f"{name:<25}{row['count']:>16}" + "".join(
            f"{row[key]:>17.4f}" for key in ("total", "min", "max", "avg"))
            for name, row in numbers]
        lines.append("")
    return "\n".join(lines) + "\n"


def as_json(totals: Totals, sort_by: str, ascending: bool) -> str:
    """The same as JSON: {"Time": {category: {name: {"Count": ..., ...}}}, ...}."""
    times: dict[str, Any] = {}
    counters: dict[str, Any] = {}
    for category, numbers in rows(totals, sort_by, ascending):
        kind = counters if category.endswith(",counter") else times
        kind[category] = {name: {COLUMNS[key]: row[key] for key in
                                 ("count", "total", "min", "max", "avg")} for name, row in numbers}
    return json.dumps({"Time": times, "Counter": counters, "Unit": {"Time": "ms"}}, indent=4)


def trace(records: Sequence[Record], offset: int) -> str:
    """The records as a trace of Chrome's; offset: from their clock to nanoseconds of the epoch."""
    categories: dict[str, int] = {"operator": 0}
    events: list[dict[str, Any]] = []
    for record in records:
        process = categories.setdefault(record.category, len(categories))
        shared = {"name": record.name, "cat": record.category, "pid": process,
                  "tid": record.thread}
        start, end = [(at + offset) // 1000 for at in (record.start, record.end)]
        if record.kind == "counter":
            events.append({**shared, "ph": "C", "ts": end, "args": {record.name: record.value}})
        elif record.kind == "marker":
            events.append({**shared, "ph": "i", "ts": end, "s": SCOPES[record.scope]})
        else:
            same = {"id": record.thread} if record.kind == "task" else {}
            events += [{**shared, **same, "ph": phase, "ts": at} for phase, at in
                       zip(PHASES[record.kind], (start, end), strict=True)]
    events.sort(key=lambda event: event["ts"])      # stable: a beginning stays before its end
    names = [{"ph": "M", "pid": process, "name": "process_name",
              "args": {"name": "cpu/0" if category == "operator" else category}}
             for category, process in categories.items()]
    return json.dumps({"traceEvents": [*names, *events], "displayTimeUnit": "ms"}, indent=1)
