"""python -m mxlite.check: what of programs and graphs there is."""

import json

import pytest

import mxlite as mx
from mxlite.check import check_file, first_missing, main


def missing(path):
    return [(place.removeprefix(str(path)), name) for place, name, _ in check_file(path)]


@pytest.mark.parametrize("text, expected", [
    ("import mxnet as mx\nmx.nd.ones((1,))\nmx.nd.onse((1,))", [(":3", "mxnet.nd.onse")]),
    ("import mxnet as mx\nmx.gluon.nn.Dense(3).no_attribute", []),
    ("from mxnet import nd as F, nonsense\nF.relu(1)", [(":1", "mxnet.nonsense")]),
    ("from mxnet.gluon import nn\nnn.Dance(3)\nnn.Dance(4)", [(":2", "mxnet.gluon.nn.Dance")]),
    ("import mxnet.gluon\nmxnet.gluon.Trainer", []),
    ("import numpy as mx\nmx.nonsense", []),
    ("from mxnet.autograd import *\nimport os", []),
    ("import mxnet as mx\ndef f():\n    return mx.sym.nonsense(1).attr", [
        (":3", "mxnet.sym.nonsense")]),
])
def test_programs(tmp_path, text, expected):
    path = tmp_path / "program.py"
    path.write_text(text)
    assert missing(path) == expected


def test_near_names_are_suggested(tmp_path):
    path = tmp_path / "program.py"
    path.write_text("import mxnet as mx\nmx.gluon.nn.Dence(3)")
    assert [advice for *_, advice in check_file(path)] == ["; did you mean 'Dense'?"]


def test_parts_of_the_c_library_say_what_to_use(tmp_path):
    path = tmp_path / "program.py"
    path.write_text("from mxnet.base import c_array, check_call, NDArrayHandle, string_types")
    found = list(check_file(path))
    assert [name for _, name, _ in found] == ["mxnet.base.c_array", "mxnet.base.check_call"]
    assert "it has no C library of MXNet's: call operators by mx.nd" in found[1][2]


def test_graphs(tmp_path):
    path = tmp_path / "net-symbol.json"
    mx.sym.relu(mx.sym.var("x")).save(path)
    assert missing(path) == []
    graph = json.loads(path.read_text())
    graph["nodes"][1]["op"] = "NoSuchOperator"
    path.write_text(json.dumps(graph))
    assert [name for _, name in missing(path)] == ["the operator NoSuchOperator"]


def test_folders_and_status(tmp_path, capsys):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/good.py").write_text("import mxnet as mx\nmx.nd.zeros((1,))")
    assert main([str(tmp_path)]) == 0
    assert "1 files checked: mxlite has all that they name" in capsys.readouterr().out
    (tmp_path / "bad.py").write_text("import mxnet as mx\nmx.nothing")
    assert main([str(tmp_path)]) == 1
    assert "bad.py:2: mxnet.nothing is missing" in capsys.readouterr().out
    (tmp_path / "broken.py").write_text("def")
    (tmp_path / "broken-symbol.json").write_text('{"nodes": 3}')
    assert main([str(tmp_path)]) == 2
    out = capsys.readouterr().out
    assert "broken.py: cannot be read" in out
    assert "it has no list of nodes" in out


def test_the_shortest_missing_part():
    assert first_missing("mxnet.nd.nonsense.more") == "mxnet.nd.nonsense"
    assert first_missing("mxnet.io.DataBatch") is None
