"""Damaged symbol files: an error that names the file, at once, and nothing else."""

import json
import re
import tracemalloc
from pathlib import Path

import pytest
from symbol_files import graph, node

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.symbol.json_reader import MAX_OUTPUTS, from_json
from mxlite.symbol.json_writer import to_json

RECORDING = json.loads((Path(__file__).parent.parent / "recordings/symbols.json").read_text())
WHOLE = graph([node("null", "x"), node("FullyConnected", "fc", [0, 0, 0], [0, 0, 0], attrs={
    "num_hidden": "3", "no_bias": "1"}), node("sin", "größe", [1, 0, 0], subgraphs=[
        json.loads(graph([node("null", "y"), node("cos", "c", [0, 0])]))])])
X = node("null", "x")
VALUES = [None, True, 0, -1, 7, 10 ** 9, 2 ** 32, 10 ** 40, 1.5, float("nan"), "", "x", "null",
          [], [0], [[]], {}, {"x": "y"}, [[0, 0, 0]] * 3]


def read(data):
    """What a reader may do: give a graph that can be written, or raise an error of its own."""
    try:
        return to_json(from_json(data, "net.json"))
    except MXNetError as error:
        assert str(error).startswith("net.json: ")
        assert len(str(error)) < 2000
        return None


def refused(text, message):
    with pytest.raises(MXNetError, match="^net.json: " + message):
        from_json(text, "net.json")


def test_cut_anywhere():
    data = WHOLE.encode()
    assert read(data) is not None
    assert [end for end in range(len(data)) if read(data[:end]) is not None] == []


def test_every_byte_changed():
    data = WHOLE.encode()
    for at in range(len(data)):
        for change in (1, 4, 32, 128, 255):
            read(data[:at] + bytes([data[at] ^ change]) + data[at + 1:])


def test_every_part_left_out_or_of_another_type():
    def copies(value):
        """Copies of a JSON value with one of its parts replaced, or left out."""
        yield from VALUES
        items = value.items() if isinstance(value, dict) else (
            enumerate(value) if isinstance(value, list) else ())
        for key, item in list(items):
            for other in copies(item):
                changed = value.copy()
                changed[key] = other
                yield changed
            left = value.copy()
            del left[key]
            yield left

    count = 0
    for changed in copies(json.loads(WHOLE)):
        read(json.dumps(changed))
        count += 1
    assert count > 1200


@pytest.mark.parametrize("title", [title for title, (_, want) in RECORDING["files"].items()
                                   if want is None])
def test_what_mxnet_refuses_is_named(title):
    text = RECORDING["files"][title][0]
    if title != "Cast(dtype=None)":
        refused(text, "(graph|node|mxnet_version)")


@pytest.mark.parametrize("text, message", [
    ("", r"line 1, column 1 is not JSON: Expecting value"),
    ("{\n  'a'}", r"line 2, column 3 is not JSON: Expecting property name"),
    (b'{"nodes\xff', r"byte 7 is not UTF-8"),
    ("[1, 2]", r"graph must be an object; got \[1, 2\]"),
    ("{}", r"graph has no 'arg_nodes'"),
    (graph([X], arg_nodes={}), r"graph arg_nodes must be a list; got an object"),
    (graph([X], foo=1), r"graph has \"foo\", which is none of arg_nodes, attrs, heads,"),
    (graph([X], nodes=3), r"graph nodes must be a list; got 3"),
    (graph([X], nodes=[3]), r"graph node 0 must be an object; got 3"),
    (graph([X, {**X, "name": None}]), r"graph node 1: name must be a string; got null"),
    (graph([node("sin", "s", attrs={"a": 1})]), r"node 's': attrs 'a' must be a string; got 1"),
    (graph([node("sin", "s", attrs=["a"])]), r"node 's': attrs must be an object; got \[\"a\"\]"),
    (graph([node("sin", "s", foo=1)]), r"graph node 0 has \"foo\", which is none of attr, attrs,"),
    (graph([node("sin", "s", backward_source_id="1")]), r"node 's': backward_source_id must be"),
    (graph([X, node("sin", "s", [0, 0, 0, 0])]),
     r"node 's': inputs must be \[node, output, version\] each; got \[0, 0, 0, 0\]"),
    (graph([X, node("sin", "s", [0, -1])]), r"node 's': inputs must be \[node, output, version\]"),
    (graph([X, node("sin", "s", [0, True])]), r"node 's': inputs must be \[node, output, ve"),
    (graph([X, node("sin", "s", [2, 0])]), r"node 's': inputs must be numbers from 0 to 1; got 2"),
    (graph([X, node("sin", "s", [10 ** 9, 0])]), r"node 's': inputs must be numbers from 0 to 1"),
    (graph([X, node("sin", "s", [0, 1])]),
     r"node 's': an output of node 'x' must be below 1, which it has; got 1"),
    (graph([X, node("null", "y", [0, 0])]),
     r"node 'y': inputs must be empty, since it is a variable; got a list of 1 items"),
    (graph([X], [[1, 0, 0]]), r"graph heads must be numbers from 0 to 0; got 1"),
    (graph([X], [[0, 5, 0]]), r"heads: an output of node 'x' must be below 1, which it has; got 5"),
    (graph([X], heads=[]), r"graph has no heads"),
    (graph([X], heads=[0]), r"graph heads must be \[node, output, version\] each; got 0"),
    (graph([X], arg_nodes=["0"]), r"graph arg_nodes must be numbers from 0 to 0; got \"0\""),
    (graph([X, node("sin", "s", [0, 0])], arg_nodes=[1]),
     r"graph arg_nodes must be numbers of variables; got 1"),
    (graph([X], node_row_ptr=3), r"graph node_row_ptr must be a list; got 3"),
    (graph([X], attrs=[]), r"graph attrs must be an object; got \[\]"),
    (graph([X], attrs={"mxnet_version": ["int", "1"]}),
     r"mxnet_version must be \[\"int\", number\]; got \[\"int\", \"1\"\]"),
    (graph([X, node("sin", "s", [0, 0], control_deps=[0])]),
     r"node 's': control_deps are not supported"),
    (graph([X, node("sin", "s", [0, 0], subgraphs=[{}])]),
     r"node 's': subgraph 0 has no 'arg_nodes'"),
    (graph([X, node("sin", "s", [0, 0], subgraphs=3)]), r"node 's': subgraphs must be a list"),
    (graph([node("cosinus", "r"), node("sinus", "s"), node("cosinus", "t")]),
     r"node 'r': there is no operator 'cosinus' in mxlite \(nor 'sinus'\)"),
    (graph([X, node("sum", "s", [0, 0], attrs={"axes": "1"})]),
     r"node 's': sum: unknown parameter 'axes'"),
    (graph([X, node("sum", "s", [0, 0], attrs={"axis": "x"})]), r"node 's': sum: axis must be"),
    (graph([X, node("FullyConnected", "s", [0, 0])]), r"node 's': FullyConnected: missing para"),
    (graph([X, node("FullyConnected", "s", [0, 0], attrs={"num_hidden": "2"})]),
     r"node 's': FullyConnected: missing input 'weight'"),
    (graph([X, node("FullyConnected", "s", [0, 0], [0, 0], [0, 0], attrs={
        "num_hidden": "2", "no_bias": "1"})]),
     r"node 's': FullyConnected: input 'bias' is only taken with no_bias=False"),
    (graph([X, node("sin", "s", [0, 0], [0, 0])]), r"node 's': sin: takes 1 arrays; got 2"),
    (graph([X, node("add_n", "s", [0, 0], attrs={"num_args": "1000000000"})]),
     r"node 's': num_args must be 1, the number of its inputs; got \"1000000000\""),
    (graph([node("add_n", "s")]), r"node 's': add_n: needs at least one array"),
    (graph([X, node("split", "s", [0, 0], attrs={"num_outputs": "1000000000"})]),
     rf"node 's': outputs must be at most {MAX_OUTPUTS}; got 1000000000"),
    (graph([X, node("sum", "s", [0, 0], attrs={"axis": "9" * 5000})]), r"node 's': sum: axis"),
    (graph([X], [["9" * 70, 0]]), r"graph heads must be .*; got \[\"9{58}\.\.\.$"),
    ('{"nodes": ' + "9" * 5000, r"Exceeds the limit"),
    (graph([X, node("fc", "s", [0, 0])], version=None), r"node 's': there is no operator 'fc'"),
    (graph([X, node("FullyConnected", "s", [0, 0], attrs={"num_hidden": "x", "data_lr_mult": "1"})],
           version=None), r"node 's': FullyConnected: num_hidden must be"),
])
def test_messages(text, message):
    refused(text, message)


def test_without_a_file_name():
    with pytest.raises(MXNetError, match=r"^symbol JSON: graph has no 'arg_nodes'"):
        mx.sym.load_json("{}")


def test_a_file_is_named(tmp_path):
    path = tmp_path / "net-symbol.json"
    path.write_bytes(WHOLE.encode()[:-1])
    with pytest.raises(MXNetError, match=f"^{re.escape(str(path))}: line 1, column"):
        mx.sym.load(path)


@pytest.mark.parametrize("links, message", [
    ([(1, 1)], "node 'n1' depends on itself, by way of node 'n1'"),
    ([(1, 2), (2, 1)], "node 'n2' depends on itself, by way of node 'n1'"),
    ([(1, 2), (2, 3), (3, 4), (4, 2)], "node 'n4' depends on itself, by way of node 'n2'"),
])
def test_cycles(links, message):
    reads = dict(links)
    nodes = [X] + [node("sin", f"n{i}", [reads.get(i, 0), 0]) for i in range(1, 6)]
    refused(graph(nodes), message)


@pytest.mark.parametrize("text", [
    "[" * 100_000, '{"nodes": ' * 100_000,
    graph([X])[:-1] + ', "x": ' + "[" * 100_000, WHOLE.replace("[0, 0, 0]", "[" * 100_000)])
def test_nested_too_deeply(text):
    refused(text, "graphs are nested too deeply")


def test_subgraphs_within_subgraphs():
    """As deep as the reader goes, or an error; some depth always works."""
    innermost = graph([X, node("sin", "s", [0, 0])])
    outer = graph([X, node("sin", "s", [0, 0], subgraphs=["INNER"])], version=None)
    before, after = outer.split('"INNER"')
    assert read(before * 20 + innermost + after * 20) is not None
    text = before * 4000 + innermost + after * 4000
    refused(text, "graphs are nested too deeply")


def test_claims_take_no_memory():
    texts = [graph([X, node("split", "s", [0, 0], attrs={"num_outputs": number})])
             for number in ("1000000000", "9" * 300)]
    texts += [graph([X, node("_split_v2", "s", [0, 0], attrs={
        "indices": "()", "sections": "1000000000"})])]
    texts += [graph([X, node("Concat", "s", [0, 0], param={"num_args": "1000000000"})],
                    version=None)]
    texts += [graph([X], [[10 ** 9, 10 ** 9, 10 ** 9]]), graph([X], node_row_ptr=[0, 10 ** 12])]
    tracemalloc.start()
    for text in texts:
        read(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_nothing_is_run(tmp_path):
    mark = tmp_path / "mark"
    code = f"__import__('pathlib').Path({str(mark)!r}).touch()"
    nodes = [node("null", code, attrs={"__init__": code, "__shape__": code}),
             node("_plus_scalar", code, [0, 0], attrs={"scalar": code})]
    refused(graph(nodes), "node .*: _plus_scalar: scalar must be a number")
    nodes[1]["attrs"] = {"scalar": "1", "__x__": code}
    loaded = mx.sym.load_json(graph(nodes))
    assert loaded.list_arguments() == [code]
    assert not mark.exists()


@pytest.mark.parametrize("shape", ["(-5, 3)", "(2, -2)", "(2,", "x"])
def test_shapes_of_variables(shape):
    """They are read when shapes are inferred."""
    symbol = mx.sym.load_json(graph([node("null", "x", attrs={"__shape__": shape}), node(
        "slice", "s", [0, 0], attrs={"begin": "(0,)", "end": "(1,)"})]))
    with pytest.raises(MXNetError, match=re.escape(f"variable 'x': its __shape__ {shape!r} is no")):
        symbol.infer_shape_partial()
    with pytest.raises(ValueError, match=r"shape of x must be a tuple of integers, 0 or more, or"):
        symbol.infer_shape(x=(-5, 3))
