"""`mx.log`: loggers whose lines tell level, time, process and place."""

from __future__ import annotations

import logging
import warnings
from logging import CRITICAL as CRITICAL
from logging import DEBUG as DEBUG
from logging import ERROR as ERROR
from logging import INFO as INFO
from logging import NOTSET as NOTSET
from logging import WARNING as WARNING

_LETTERS = {DEBUG: "D", INFO: "I", WARNING: "W", ERROR: "E", CRITICAL: "C"}
_BLUE, _GREEN, _RED = "\x1b[34m", "\x1b[32m", "\x1b[31m"


class _Formatter(logging.Formatter):
    """A coloured "W1130 16:12:01 23921 train.py:fit:12]", then the message."""

    def __init__(self) -> None:
        super().__init__(datefmt="%m%d %H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        colour = _RED if record.levelno >= WARNING else _BLUE if record.levelno <= DEBUG else _GREEN
        letter = _LETTERS.get(record.levelno, "U")
        return (f"{colour}{letter}{record.asctime} {record.process} {record.pathname}:"
                f"{record.funcName}:{record.lineno}]\x1b[0m {record.message}")

    def usesTime(self) -> bool:
        return True


def get_logger(name: str | None = None, filename: str | None = None, filemode: str | None = None,
               level: int = WARNING) -> logging.Logger:
    """The logger of this name; None: the root logger, which is left as it is.

    The first call for a name gives it a level and a handler: to `filename`, opened with filemode
    ("a"), the bare messages; without one to stderr, lines that tell where they come from.
    """
    logger = logging.getLogger(name)
    if name is None or getattr(logger, "_mxlite_made", False):
        return logger
    handler: logging.Handler
    if filename:
        handler = logging.FileHandler(filename, filemode or "a")
    else:
        handler = logging.StreamHandler()
        handler.setFormatter(_Formatter())
    logger.addHandler(handler)
    logger.setLevel(level)
    logger._mxlite_made = True  # type: ignore[attr-defined]
    return logger


def getLogger(name: str | None = None, filename: str | None = None, filemode: str | None = None,
              level: int = WARNING) -> logging.Logger:
    """The old name of get_logger."""
    warnings.warn("getLogger is deprecated. Please use get_logger.", DeprecationWarning,
                  stacklevel=2)
    return get_logger(name, filename, filemode, level)
