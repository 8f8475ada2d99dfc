"""Symbol files of older versions and in odd layouts: what MXNet 1.9.1 makes of them."""

import json
from pathlib import Path

import pytest
from symbol_files import files, graph, node

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.symbol.json_reader import from_json
from mxlite.symbol.json_writer import to_json

RECORDING = json.loads((Path(__file__).parent.parent / "recordings/symbols.json").read_text())
TAKEN = {"Cast(dtype=None)"}            # MXNet refuses it; it is float32, as for every dtype here


@pytest.mark.parametrize("title, text", files().items())
def test_as_mxnet(title, text):
    recorded, want = RECORDING["files"][title]
    assert recorded == text
    if want is None and title not in TAKEN:
        with pytest.raises(MXNetError, match=r"^f\.json: "):
            from_json(text, "f.json")
    elif want is not None:
        assert to_json(from_json(text, "f.json")) == want


def test_a_recording_says_where_it_comes_from():
    assert RECORDING["provenance"]["mxnet"] == "1.9.1"
    assert RECORDING["files"].keys() == files().keys()


def test_bytes_are_read_as_utf8():
    text = graph([node("null", "größe")])
    assert to_json(from_json(text.encode())) == to_json(from_json(text))


def test_subgraphs():
    """They are written without versions, and their variables belong to them."""
    inner = json.loads(graph([node("null", "k"), node("sin", "s", [0, 0, 0])], version=None))
    outer = json.loads(graph([node("null", "k"), node("_branch", "c", [0, 0, 0])], version=None))
    deep = {**inner, "nodes": [node("null", "k"), node("sin", "s", [0, 0, 0], subgraphs=[inner])]}
    text = graph([node("null", "x"), node("cos", "c", [0, 0, 0], subgraphs=[inner, deep])])
    head, = from_json(text)
    assert [len(heads) for heads in head.node.subgraphs] == [1, 1]
    (first,), (second,) = head.node.subgraphs
    assert first.node.name == second.node.name == "s" and first.node is not second.node
    assert second.node.subgraphs[0][0].node.op.name == "sin"
    assert to_json(from_json(to_json([head]))) == to_json([head])
    written = json.loads(to_json([head]))["nodes"][1]["subgraphs"]
    assert ["attrs" in written[0], "attrs" in written[1]["nodes"][1]["subgraphs"][0]] == [False] * 2
    assert written[0]["node_row_ptr"] == [0, 1, 2]
    with pytest.raises(MXNetError, match="node 'c': there is no operator '_branch' in mxlite"):
        from_json(graph([node("null", "x"), node("sin", "s", [0, 0, 0], subgraphs=[outer])]))


def test_old_parameters_count():
    head, = from_json(graph([node("null", "x"), node("_PlusScalar", "s", [0, 0], param={
        "scalar": "2.5"})], version=None))
    assert head.node.scalars == [2.5]
    assert mx.sym.Symbol([head]).infer_shape(x=(2, 3))[1] == [(2, 3)]


def test_escapes_of_json():
    """MXNet knows \\n \\r \\t \\" and \\\\ alone, and writes nothing else."""
    head, = from_json(graph([node("null", "NAME")]).replace("NAME", r"gr\u00f6\u00dfe\/\b"))
    assert head.node.name == "größe/\b"
    assert '"größe/\b"' in to_json([head])
