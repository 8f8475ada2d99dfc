"""What the tools share, and how they are started."""

import importlib
import io
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from mxlite.tools import console

ROOT = Path(__file__).parent.parent.parent
TOOLS = ["im2rec", "rec2idx", "idx2rec", "rec", "parse_log", "launch"]


@pytest.mark.parametrize("tool", TOOLS)
def test_the_launchers_start_from_any_folder(tool, tmp_path):
    done = subprocess.run([sys.executable, ROOT / "tools" / f"{tool}.py", "--help"], check=True,
                          cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert done.stdout.startswith(f"usage: {tool} ")


def test_the_installed_commands_are_there():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert sorted(scripts) == sorted(f"mxlite-{tool.replace('_', '-')}" for tool in TOOLS)
    for target in scripts.values():
        module, name = target.split(":")
        assert callable(getattr(importlib.import_module(module), name))


class Terminal(io.StringIO):
    encoding = "ascii"

    def __init__(self, is_terminal):
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self):
        return self.is_terminal


@pytest.mark.parametrize("is_terminal, quiet, is_seen", [
    (True, False, True), (True, True, False), (False, False, False)])
def test_a_bar_is_seen_on_terminals_only(is_terminal, quiet, is_seen, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal(is_terminal))
    with console.Console("tool", quiet).progress(10, "image") as bar:
        bar.update(10)
    assert ("10/10" in sys.stderr.getvalue()) == is_seen
    assert is_seen or not sys.stderr.getvalue()


def test_problems_are_said_and_counted_even_if_quiet(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal(False))
    spoken = console.Console("tool", quiet=True)
    spoken.note("not said")
    spoken.problem("caf\u00e9 and \udce9 on a terminal that has only ASCII")
    assert spoken.problems == 1
    assert sys.stderr.getvalue() == (
        "tool: caf\\xe9 and \\udce9 on a terminal that has only ASCII\n")


@pytest.mark.parametrize("error, status", [
    (KeyboardInterrupt(), 130), (OSError(28, "No space left"), 2), (BrokenPipeError(), 0)])
def test_how_a_tool_ends(error, status, capfd, monkeypatch):
    def body():
        raise error

    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert console.run("tool", body) == status


def test_words():
    assert console.words([(1, "image"), (2000, "folder")]) == "1 image, 2,000 folders"


def test_json_has_no_nan():
    text = console.json_text({"a": [1.5, float("nan")], "b": (float("inf"), {"c": -float("inf")})})
    assert json.loads(text, parse_constant=pytest.fail) == {"a": [1.5, None],
                                                            "b": [None, {"c": None}]}


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_runs_as_a_module(tool):
    run = [sys.executable, "-m", f"mxlite.tools.{tool}"]
    assert "usage: " in subprocess.run([*run, "--help"], check=True, capture_output=True,
                                       text=True).stdout
    failed = subprocess.run([*run, "--no-such-option"], capture_output=True, text=True)
    assert failed.returncode == 2 and "usage: " in failed.stderr
