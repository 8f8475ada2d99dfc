"""rec: looks into RecordIO files, checks them, cuts them and joins them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ..console import Console, run
from . import cat, info, merge, split, unpack, verify

COMMANDS = {"verify": verify, "info": info, "cat": cat, "split": split, "merge": merge,
            "unpack": unpack}


def build_parser() -> argparse.ArgumentParser:
    """A parser with a subparser for each command."""
    parser = argparse.ArgumentParser(prog="rec", description="Works on RecordIO files (.rec).")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        command = commands.add_parser(
            name, help=module.SUMMARY, description=module.SUMMARY,
            formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        command.add_argument("--quiet", action="store_true", help="no progress bar and no notes")
        module.add_arguments(command)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """The tool `mxlite-rec`. Status 0: all is well. 1: damage was found. 2: it failed."""
    def body() -> int:
        options = build_parser().parse_args(arguments)
        return COMMANDS[options.command].execute(options, Console("rec", options.quiet))

    return run("rec", body)
