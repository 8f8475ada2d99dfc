"""The profiler: whether it runs, and what it has seen."""

from __future__ import annotations

import atexit
import threading
import time
import warnings
from typing import Any

from ..base import MXNetTypeError, MXNetValueError
from ..device import core
from ..whole_file import replacing
from ..wording import suggestion
from . import report
from .report import Record

SETTINGS: dict[str, Any] = {
    "filename": "profile.json", "profile_all": False, "profile_symbolic": False,
    "profile_imperative": False, "profile_memory": False, "profile_api": False,
    "continuous_dump": False, "dump_period": 1.0, "aggregate_stats": False,
    "profile_process": "worker"}
STATES = ("stop", "run")
PROCESSES = ("worker", "server")


class Profiler:
    """One in the process. records: what the trace is made of, in the order in which it ended;
    totals: what the table is made of."""

    def __init__(self) -> None:
        self.settings = dict(SETTINGS)
        self.is_running = self.is_paused = False
        self.records: list[Record] = []
        self.totals: report.Totals = {}
        self.lock = threading.Lock()
        self.writes_at_exit = False

    @property
    def is_active(self) -> bool:
        """Whether something that happens now is noted."""
        return self.is_running and not self.is_paused

    def update(self) -> None:
        """Time operators where that is wanted."""
        wanted = [self.settings[f"profile_{kind}"] for kind in ("all", "symbolic", "imperative")]
        core.time_calls(self.is_active and any(wanted))

    def note(self, record: Record) -> None:
        """Note something that a user's object tells of, if the profiler runs."""
        if self.is_active:
            self.add([record])

    def collect(self) -> None:
        """Take the operators that were timed since the last time."""
        self.add([Record("operator", name, "operator", start, end, thread)
                  for name, start, end, thread in core.take_timed()])

    def add(self, records: list[Record]) -> None:
        with self.lock:
            self.records += records
            if self.settings["aggregate_stats"]:
                for record in records:
                    report.add_up(self.totals, record)

    def clear(self) -> None:
        with self.lock:
            self.records = []


PROFILER = Profiler()


def set_config(**kwargs: Any) -> None:
    """Say what is profiled, and where the trace goes; settings that are not given stay.

    filename: of the trace; profile_all, profile_symbolic, profile_imperative: time operators, each
    of them those of eager calls and of graphs; aggregate_stats: keep what `dumps` shows. Accepted,
    and without effect: profile_memory, profile_api, continuous_dump, dump_period, profile_process.
    Raises MXNetTypeError for other settings, and while the profiler runs, MXNetValueError.
    """
    for name in kwargs:
        if name not in SETTINGS:
            raise MXNetTypeError(f"profiler.set_config: unknown setting {name!r}; it takes "
                                 f"{', '.join(SETTINGS)}{suggestion(name, list(SETTINGS))}")
    if PROFILER.is_running and "filename" in kwargs:
        raise MXNetValueError("profiler.set_config: filename must be set while the profiler does "
                              "not run")
    PROFILER.settings.update(kwargs)
    PROFILER.update()


def set_state(state: str = "stop", profile_process: str = "worker") -> None:
    """Start ("run") or stop ("stop") the profiler."""
    if state not in STATES:
        raise MXNetValueError(f"profiler.set_state: state must be 'stop' or 'run'; got {state!r}")
    _check_process(profile_process)
    PROFILER.is_running = state == "run"
    PROFILER.update()
    PROFILER.collect()
    if PROFILER.is_running and not PROFILER.writes_at_exit:
        PROFILER.writes_at_exit = True
        atexit.register(_dump_rest)


def pause(profile_process: str = "worker") -> None:
    """Note nothing until `resume`."""
    _check_process(profile_process)
    PROFILER.is_paused = True
    PROFILER.update()


def resume(profile_process: str = "worker") -> None:
    """Go on after `pause`."""
    _check_process(profile_process)
    PROFILER.is_paused = False
    PROFILER.update()


def dump(finished: bool = True, profile_process: str = "worker") -> None:
    """Write the trace so far to the file, as JSON for chrome://tracing.

    finished: stop, and begin anew at the next start. What is not dumped when the process ends is
    written then.
    """
    _check_process(profile_process)
    PROFILER.collect()
    offset = time.time_ns() - time.perf_counter_ns()
    with replacing(PROFILER.settings["filename"], "w") as file:
        file.write(report.trace(PROFILER.records, offset))
    if finished:
        set_state("stop")
        PROFILER.clear()


def dumps(reset: bool = False, format: str = "table", sort_by: str = "total",
          ascending: bool = False) -> str:
    """What ran, how often and how long, if aggregate_stats is set: a table, or JSON.

    format: "table" or "json"; sort_by: "total", "avg", "min", "max" or "count". reset: begin anew.
    """
    for name, value, allowed in (("format", format, ("table", "json")),
                                 ("sort_by", sort_by, tuple(report.COLUMNS)),
                                 ("ascending", ascending, (False, True)),
                                 ("reset", reset, (False, True))):
        if value not in allowed:
            raise MXNetValueError(f"profiler.dumps: {name} must be one of "
                                  f"{', '.join(map(repr, allowed))}; got {value!r}")
    PROFILER.collect()
    make = report.table if format == "table" else report.as_json
    text = make(PROFILER.totals, sort_by, ascending)
    if reset:
        PROFILER.totals = {}
    return text


def profiler_set_config(mode: str = "symbolic", filename: str = "profile.json") -> None:
    """set_config, by its old name; mode: "symbolic" or "all"."""
    warnings.warn("profiler.profiler_set_config is deprecated; use profiler.set_config",
                  DeprecationWarning, stacklevel=2)
    set_config(**{f"profile_{mode}": True, "filename": filename})


def profiler_set_state(state: str = "stop") -> None:
    """set_state, by its old name."""
    warnings.warn("profiler.profiler_set_state is deprecated; use profiler.set_state",
                  DeprecationWarning, stacklevel=2)
    set_state(state)


def dump_profile() -> None:
    """dump, by its old name."""
    warnings.warn("profiler.dump_profile is deprecated; use profiler.dump", DeprecationWarning,
                  stacklevel=2)
    dump()


def set_kvstore_handle(handle: Any) -> None:
    """Accepted for MXNet's sake: servers of a KVStore are not profiled."""


def _dump_rest() -> None:
    PROFILER.collect()
    if PROFILER.records:
        dump()


def _check_process(name: str) -> None:
    if name not in PROCESSES:
        raise MXNetValueError(f"profiler: profile_process must be 'worker' or 'server'; "
                              f"got {name!r}")
