"""mx.viz: tables and pictures as MXNet 1.9.1 makes them (tools/record_mxnet_visualization.py)."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from viz_networks import PLOTS, SUMMARIES, convolutions, words

import mxlite as mx
from mxlite.base import MXNetTypeError, MXNetValueError

RECORDED = json.loads((Path(__file__).parent / "recordings/visualization.json").read_text())


# The table ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("number", range(len(SUMMARIES)))
def test_tables_as_mxnet(number, capsys):
    make, settings = SUMMARIES[number]
    mx.viz.print_summary(make(mx.sym), **settings)
    assert capsys.readouterr().out.splitlines() == RECORDED["summaries"][number]


def table(capsys, symbol, **settings):
    """({layer: number of parameters}, total) as printed."""
    mx.viz.print_summary(symbol, **settings)
    lines = capsys.readouterr().out.splitlines()
    counts = {line.split("(")[0]: int(line[76:88]) for line in lines[3:] if "(" in line}
    return counts, int(next(line for line in lines if line.startswith("Total")).split()[-1])


def test_all_parameters_are_counted(capsys):
    """Where MXNet counts channels for inputs that are not flat, and nothing for other layers."""
    x = mx.sym.LayerNorm(mx.sym.var("data"), axis=-1, name="norm")
    x = mx.sym.LeakyReLU(x, act_type="prelu", name="prelu")
    x = mx.sym.FullyConnected(x, num_hidden=10, name="fc")
    counts, total = table(capsys, x, shape={"data": (4, 3, 5, 6)})
    assert counts == {"data": 0, "norm": 12, "prelu": 3, "fc": 3 * 5 * 6 * 10 + 10}
    assert total == 12 + 3 + 910
    shapes = dict(zip(x.list_arguments(), x.infer_shape(data=(4, 3, 5, 6))[0], strict=True))
    assert total == sum(np.prod(shape) for name, shape in shapes.items() if name != "data")


def test_shared_parameters_are_counted_once(capsys):
    weight = mx.sym.var("w")
    x = mx.sym.var("data")
    for name in ("one", "two"):
        x = mx.sym.FullyConnected(x, weight, num_hidden=5, no_bias=True, name=name)
    assert table(capsys, x, shape={"data": (2, 5)}) == ({"data": 0, "one": 25, "two": 25}, 25)


def test_parameters_of_variables_with_a_shape(capsys):
    weight = mx.sym.var("w", shape=(5, 7))
    x = mx.sym.FullyConnected(mx.sym.var("data"), weight, num_hidden=5, name="fc")
    assert table(capsys, x) == ({"data": 0, "fc": 40}, 40)


def test_a_variable_alone(capsys):
    mx.viz.print_summary(mx.sym.var("x"), {"x": (2, 3)}, line_length=40)
    lines = capsys.readouterr().out.splitlines()
    assert lines[3].split() == ["x(null)", "3", "0"] and lines[4] == "=" * 40
    assert lines[5] == "Total params: 0"


def test_table_errors():
    with pytest.raises(MXNetTypeError, match="print_summary: symbol must be a Symbol; got NDArray"):
        mx.viz.print_summary(mx.nd.ones(2))
    with pytest.raises(MXNetValueError, match="print_summary: Input shape is incomplete: the shape "
                                              "of 'data' does not follow from it"):
        mx.viz.print_summary(convolutions(mx.sym), {})
    with pytest.raises(MXNetTypeError, match="print_summary: shape must be a dict"):
        mx.viz.print_summary(words(mx.sym), (2, 7))
    with pytest.raises(mx.MXNetError, match="no argument named 'date'"):
        mx.viz.print_summary(words(mx.sym), {"date": (2, 7)})


# The picture -------------------------------------------------------------------------------------

def lines_of(source):
    return sorted(line.strip() for line in source if line.strip())


@pytest.mark.parametrize("number", range(len(PLOTS)))
def test_pictures_as_mxnet(number):
    make, settings = PLOTS[number]
    dot = mx.viz.plot_network(make(mx.sym), **settings)
    recorded = [line.replace("fixedsize=true", "fixedsize=false")      # boxes grow with their text
                for line in RECORDED["plots"][number]]
    assert lines_of(dot.source.splitlines()) == lines_of(recorded)
    assert dot.format == "pdf" and dot.name == settings.get("title", "plot")


def test_default_parameters_in_labels():
    """Where MXNet raises KeyError: 'pool_type'."""
    x = mx.sym.LeakyReLU(mx.sym.Pooling(mx.sym.var("x"), kernel=(2, 2), name="pool"), name="relu")
    source = mx.viz.plot_network(x, save_format="svg").source
    assert "Pooling\nmax, 2x2/1" in source and "LeakyReLU\nleaky" in source


def test_shapes_of_each_output():
    """Where MXNet takes the last output's, or raises KeyError."""
    x = mx.sym.topk(mx.sym.var("x"), k=2, ret_typ="both", name="top")
    parts = mx.sym.split_v2(mx.sym.var("y"), (1,), axis=1)
    out = mx.sym.Group([mx.sym.sqrt(x[0], name="a"), mx.sym.sqrt(parts[0], name="b"),
                        mx.sym.sqrt(parts[1], name="c")])
    source = mx.viz.plot_network(out, shape={"x": (3, 4), "y": (2, 5)}).source
    edges = [line.split() for line in source.splitlines() if "->" in line]
    labels = {edge[0]: edge[3] for edge in edges}
    assert [labels[name] for name in "abc"] == ["[label=2", "[label=1", "[label=4"]


def test_names_that_repeat_or_have_colons():
    x = mx.sym.var("scope:data")
    for _ in range(2):
        x = mx.sym.FullyConnected(x, num_hidden=3, name="fc")
    with pytest.warns(RuntimeWarning, match="There are multiple variables with the same name in "
                                            "your graph, .*: fc_weight, fc_bias, fc$|fc$"):
        dot = mx.viz.plot_network(x)
    edges = [line.split()[:3] for line in dot.source.splitlines() if "->" in line]
    assert edges == [["fc", "->", "scope_data"], ['"fc#2"', "->", "fc"]]
    assert 'label="scope:data"' in dot.source


def test_without_graphviz(monkeypatch):
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(ImportError, match=r"plot_network needs the package graphviz, which is not "
                                          r"installed; pip install graphviz, or mxlite\[viz\]"):
        mx.viz.plot_network(mx.sym.var("x"))


def test_picture_errors():
    with pytest.raises(MXNetTypeError, match="plot_network: symbol must be a Symbol; got str"):
        mx.viz.plot_network("net-symbol.json")
    with pytest.raises(MXNetValueError, match="plot_network: Input shape is incomplete: the shape "
                                              "of 'data'"):
        mx.viz.plot_network(words(mx.sym), shape={})
    with pytest.raises(MXNetValueError, match="plot_network: Input type is incomplete: the dtype "
                                              "of 'like'"):
        x = mx.sym.Group([mx.sym.var("data"), mx.sym.var("like")])
        mx.viz.plot_network(x, dtype={"data": "float32"})


def test_both_names():
    assert mx.viz is mx.visualization
