"""Symbol files in layouts of older versions and in odd ones, as texts by title.

tools/record_mxnet_symbols.py records what MXNet 1.9.1 makes of them.
"""

import json

NOW = {"mxnet_version": ["int", 10901]}


def node(op, name, *inputs, **more):
    """A node; its inputs are [node, output] or [node, output, version]."""
    return {"op": op, "name": name, "inputs": [list(entry) for entry in inputs], **more}


def graph(nodes, heads=None, /, version=10901, **more):
    """The text of a graph whose output is its last node; version None: none."""
    args = [i for i, each in enumerate(nodes) if each["op"] == "null"]
    record = {"nodes": nodes, "arg_nodes": args, "heads": heads or [[len(nodes) - 1, 0, 0]]}
    if version is not None:
        record["attrs"] = {"mxnet_version": ["int", version]}
    return json.dumps({**record, **more}, ensure_ascii=False)


X, W, B = node("null", "x"), node("null", "w"), node("null", "b")


def dense(version, key=None, **attrs):
    """FullyConnected of x, w, b with attributes under `key`."""
    attrs = {"num_hidden": "2", **attrs}
    inputs = [0, 0, 0], [1, 0, 0], [2, 0, 0]
    return graph([X, W, B, node("FullyConnected", "fc", *inputs, **{key or "attrs": attrs})],
                 version=version)


def files():
    """title -> text."""
    texts = _layouts() | _upgrades() | _parameters()
    for key in ("lr_mult", "weight_lr_mult", "data_lr_mult", "bias_wd_mult", "foo_lr_mult",
                "lr_mult_x", "_lr_mult", "weightlr_mult", "ctx_group", "force_mirroring",
                "a_mirror_stage", "__lr_mult__", "__x__"):
        texts[f"{key} of an operator"] = dense(10800, **{key: "7"})
        texts[f"{key} of a variable"] = graph(
            [node("null", "x", attrs={key: "7"}), node("sin", "s", [0, 0, 0])], version=10800)
    return texts


def _layouts():
    sin, plain = node("sin", "s", [0, 0]), [X, node("sin", "s", [0, 0, 0])]
    return {
        "two numbers": graph([X, sin], [[1, 0]]),
        "versions": graph([X, node("sin", "s", [0, 0, 7])], [[1, 0, 0]]),
        "inputs that come later": graph([node("sin", "s", [1, 0, 0]), X], [[0, 0, 0]]),
        "a node that nobody reads": graph([*plain, node("cos", "c", [0, 0, 0])], [[1, 0, 0]]),
        "names twice": graph([X, X, node("elemwise_add", "x", [0, 0, 0], [1, 0, 0])]),
        "text behind": graph(plain) + " and so on",
        "blanks before": "\n\t " + graph(plain),
        "no arg_nodes in the list": graph(plain, arg_nodes=[]),
        "a node_row_ptr of nonsense": graph(plain, node_row_ptr=[9, 9, 9, 9]),
        "attr, attrs and param": graph([X, node(
            "sin", "s", [0, 0, 0], param={"a": "1", "c": "0"}, attrs={"b": "2"},
            attr={"c": "3"})]),
        "attr before attrs": graph([X, node("sin", "s", [0, 0, 0], attr={"c": "3"},
                                            attrs={"b": "2"})]),
        "another graph attribute": graph(plain, attrs={**NOW, "calibrated": ["str", "no"]}),
        "a later version": graph(plain, version=20000),
        "backward_source_id": graph([X, node("sin", "s", [0, 0, 0], backward_source_id=-1)]),
        "no name": graph([node("null", ""), node("sin", "", [0, 0, 0])]),
        "an empty list of control_deps": graph([X, node("sin", "s", [0, 0, 0], control_deps=[])]),
        "a graph in a node": graph([X, node("sin", "s", [0, 0, 0], subgraphs=[
            json.loads(graph([X, node("cos", "c", [0, 0, 0])], version=None))])]),
        "an unknown operator": graph([X, node("sinus", "s", [0, 0, 0])]),
        "a key that graphs have not": graph(plain, foo=1),
        "a key that nodes have not": graph([X, node("sin", "s", [0, 0, 0], foo=1)]),
        "no heads key": json.dumps({"nodes": [X], "arg_nodes": []}),
        "an argument that is no variable": graph(plain, arg_nodes=[0, 1]),
        "an attribute that is a number": graph([X, node("sin", "s", [0, 0, 0], attrs={"a": 1})]),
        "a version that is text": graph(plain, attrs={"mxnet_version": ["str", "1.9"]}),
        "four numbers": graph([X, node("sin", "s", [0, 0, 0, 0])]),
        "one number": graph(plain, [[1]]),
    }


def _upgrades():
    x = [0, 0, 0]
    texts = {
        "BatchNorm without states, named nothing": graph(
            [X, node("BatchNorm", "", x, attrs={"__lr_mult__": "3"})], version=None),
        "Concat without attributes": graph([X, node("Concat", "c", x, param={"num_args": "1"})],
                                           version=None),
        "newer hidden keys": dense(10901, lr_mult="1"),
        "hidden key of sin": graph([X, node("sin", "s", x, attrs={"lr_mult": "1"})], version=10800),
    }
    for version in (None, 803, 900, 903, 904, 905):
        texts[f"BatchNorm of {version}"] = graph(
            [X, W, B, node("null", "mean"), node("null", "var", attrs={"__init__": "zeros"}),
             node("BatchNorm", "bn", *[[i, 0, 0] for i in range(5)], attr={"eps": "0.01"})],
            version=version)
        texts[f"argmax of {version}"] = graph(
            [X, node("argmax", "a", x, attr={"axis": "-1", "keepdims": "1"})], version=version)
    for version in (None, 899):
        texts[f"BatchNorm without states, of {version}"] = graph(
            [X, W, B, node("BatchNorm", "bn", x, [1, 0, 0], [2, 0, 0],
                           param={"eps": "0.01"}, attr={"lr_mult": "2", "gamma_wd_mult": "3"}),
             node("LeakyReLU", "act", [3, 0, 0], param={"act_type": "prelu"})], version=version)
    return texts


def _parameters():
    """Texts of values; they stay as they are."""
    texts = {}
    for op, name, values in (
            ("FullyConnected", "no_bias", "True true 1 False false 0 yes TRUE"),
            ("Reshape", "shape", "(2,-1) [2,-1] (2L,-1L) (2,-1,) 2 () 2.0 (a) (2"),
            ("FullyConnected", "num_hidden", "5 +5 05 5.0 -1 0 x 99999999999999999999"),
            ("_plus_scalar", "scalar", "2 2.0 1e-5 -inf nan True None x"),
            ("sum", "axis", "1 (0,1) [] None () 1.5"),
            ("Cast", "dtype", "float32 int8 float128 None"),
            ("argmax", "axis", "None -1 1 (1)"),
            ("Activation", "act_type", "relu RELU 1"),
            ("Pooling", "kernel", "(2,2) None ()"), ("Dropout", "axes", "None (1,)"),
            ("slice", "end", "(None,2) [None,] None (1)")):
        for value in values.split():
            attrs = {name: value}
            if op == "FullyConnected":
                attrs = {"num_hidden": "3", "no_bias": "True"} | attrs
            if op == "Pooling":
                attrs["global_pool"] = "1"
            if op == "slice":
                attrs["begin"] = "(0,0)" if "2" in value else "(0,)"
            count = 3 if attrs.get("no_bias") in ("False", "false", "0") else (
                2 if op == "FullyConnected" else 1)
            texts[f"{op}({name}={value})"] = graph(
                [X, W, B, node(op, "n", *[[i, 0, 0] for i in range(count)], attrs=attrs)])
    texts["a parameter that is missing"] = graph([X, node("FullyConnected", "n", [0, 0, 0])])
    texts["a parameter of sin"] = graph([X, node("sin", "n", [0, 0, 0], attrs={"a": "1"})])
    texts["a parameter too many"] = dense(10901, foo="1")
    texts["ctx of zeros"] = graph([node("_zeros", "z", attrs={"shape": "(2,)", "ctx": "cpu(0)"})])
    texts["is_int"] = graph([X, node("_plus_scalar", "p", [0, 0, 0],
                                     attrs={"scalar": "1", "is_int": "True"})])
    return texts
