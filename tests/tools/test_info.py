"""python -m mxlite.info."""

import json
import os
import platform
import subprocess
import sys

import numpy

import mxlite
from mxlite import info
from mxlite.device import core, host


def test_what_is_told(call, monkeypatch):
    monkeypatch.setenv("MXLITE_SOMETHING", "7")
    monkeypatch.setenv("SECRET", "hidden")
    status, out, _ = call(info.main, "--json")
    report = json.loads(out)
    assert status == 0
    assert report["mxlite"]["version"] == mxlite.__version__
    assert report["mxlite"]["threads"] == host.num_threads()
    assert report["mxlite"]["instruction set"] in core.instruction_sets()
    assert report["python"]["version"] == platform.python_version()
    assert report["cpu"]["cores"] == os.cpu_count()
    assert report["libraries"]["numpy"] == numpy.__version__
    assert report["jpeg"]["decoder"]
    assert report["gpus"]
    assert report["environment"]["MXLITE_SOMETHING"] == "7"
    assert "SECRET" not in report["environment"]


def test_the_table_has_a_line_for_each(call):
    lines = call(info.main)[1].splitlines()
    assert f"{'mxlite:':<14}version = {mxlite.__version__}" in lines
    assert f"{'libraries:':<14}numpy = {numpy.__version__}" in lines


def test_a_part_that_fails_does_not_end_the_rest(call, monkeypatch):
    def fail():
        raise OSError("no such thing")

    monkeypatch.setattr(info, "of_cpu", fail)
    report = json.loads(call(info.main, "--json")[1])
    assert report["cpu"] == {"error": "OSError: no such thing"}
    assert report["mxlite"]["version"] == mxlite.__version__


def test_a_wrong_setting_is_told_and_no_crash():
    done = subprocess.run([sys.executable, "-m", "mxlite.info", "--json"], check=True,
                          env={**os.environ, "MXLITE_CPU": "abacus"}, stdout=subprocess.PIPE)
    assert "abacus" in json.loads(done.stdout)["mxlite"]["error"]
