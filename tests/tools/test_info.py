"""python -m mxlite.info."""

import json
import os
import platform
import subprocess
import sys

import numpy

import mxlite
from mxlite import info
from mxlite.device import core


def test_what_is_told(call, monkeypatch):
    monkeypatch.setenv("MXLITE_SOMETHING", "7")
    monkeypatch.setenv("SECRET", "hidden")
    status, out, _ = call(info.main, "--json")
    found = json.loads(out)
    assert status == 0
    assert found["mxlite"]["version"] == mxlite.__version__
    assert found["mxlite"]["threads"] == core.num_threads()
    assert found["mxlite"]["instruction set"] in core.instruction_sets()
    assert found["python"]["version"] == platform.python_version()
    assert found["cpu"]["cores"] == os.cpu_count()
    assert found["libraries"]["numpy"] == numpy.__version__
    assert found["jpeg"]["decoder"]
    assert found["gpus"]
    assert found["environment"]["MXLITE_SOMETHING"] == "7"
    assert "SECRET" not in found["environment"]


def test_the_table_has_a_line_for_each(call):
    lines = call(info.main)[1].splitlines()
    assert f"{'mxlite:':<14}version = {mxlite.__version__}" in lines
    assert f"{'libraries:':<14}numpy = {numpy.__version__}" in lines


def test_a_part_that_fails_does_not_end_the_rest(call, monkeypatch):
    def fail():
        raise OSError("no such thing")

    monkeypatch.setattr(info, "of_cpu", fail)
    found = json.loads(call(info.main, "--json")[1])
    assert found["cpu"] == {"error": "OSError: no such thing"}
    assert found["mxlite"]["version"] == mxlite.__version__


def test_a_wrong_setting_is_told_and_no_crash():
    done = subprocess.run([sys.executable, "-m", "mxlite.info", "--json"], check=True,
                          env={**os.environ, "MXLITE_CPU": "abacus"}, stdout=subprocess.PIPE)
    assert "abacus" in json.loads(done.stdout)["mxlite"]["error"]
