"""Record what MXNet 1.9.1 infers from partial shapes and dtypes, and what it calls outputs.

    ~/.cache/mxlite-reference/mxnet/bin/python tools/record_mxnet_inference.py

It writes tests/recordings/inference.json, which tests/ops/test_inference.py compares with mxlite:

    "shapes", "dtypes": [operator, parameters, inputs, outputs, inferred inputs, inferred outputs];
        0 is an unknown length, null an unknown shape or dtype; inferred inputs null: an error
    "declarations": [operator, parameters, inputs, auxiliary states, outputs, total of outputs]
"""

import json
import os
import sys
import warnings
from pathlib import Path

import mxnet as mx
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from inference_queries import DTYPES, SHAPES, dtype_queries, sampled_calls, shape_queries  # noqa: E402

warnings.simplefilter("ignore")


def function_of(op):
    """MXNet's function of this name, wherever it keeps it; None: it has none."""
    places = [(mx.sym, op), (mx.sym._internal, op), (mx.sym.op, op)]
    places += [(getattr(mx.sym, kind), op.removeprefix(f"_{kind}_"))
               for kind in ("contrib", "image", "linalg", "random")]
    return next((getattr(place, name) for place, name in places if hasattr(place, name)), None)


def node_of(op, params, count):
    """A Symbol of one node, with a variable for each of its `count` inputs; None: no such one."""
    function = function_of(op)
    if function is None:
        return None
    if op != "_contrib_quantized_concat":       # whose number of inputs is another one
        params = {key: value for key, value in params.items() if key != "num_args"}
    try:
        node = function(name="node", **params)
        if count is None or len(node.list_inputs()) == count:
            return node
    except (mx.base.MXNetError, TypeError, ValueError):
        pass
    variables = [mx.sym.var(f"node_arg{i}") for i in range(count)]
    try:
        return function(*variables, name="node", **params)
    except (mx.base.MXNetError, TypeError, ValueError):
        return None


def tied(node, count):
    """`node` with a variable tied to each visible output: its shape and dtype are the output's."""
    return mx.sym.Group([mx.sym.elemwise_add(node[i], mx.sym.var(f"tied{i}"))
                         for i in range(count)])


def infer(kind, node, query):
    """(inputs, outputs) as MXNet infers them; (None, None): it raises."""
    names = node.list_inputs()
    together = tied(node, len(query.outputs))
    tied_names = [f"tied{i}" for i in range(len(query.outputs))]
    asked = zip([*names, *tied_names], [*query.inputs, *query.outputs], strict=True)
    given = {name: value for name, value in asked if value is not None}
    try:
        args, _, aux = getattr(together, f"infer_{kind}_partial")(**given)
    except (mx.base.MXNetError, TypeError):
        return None, None
    known = dict(zip(together.list_arguments(), args, strict=True))
    known |= dict(zip(together.list_auxiliary_states(), aux, strict=True))
    read = [known[name] for name in (*names, *tied_names)]
    if kind == "shape":
        read = [list(shape) if shape else None for shape in read]
    else:
        read = [None if dtype is None else np.dtype(dtype).name for dtype in read]
    return read[:len(names)], read[len(names):]


def declared(op, params, node):
    """One entry of "declarations"."""
    graph = json.loads(node.tojson())
    rows = graph["node_row_ptr"]
    at = next(i for i, entry in enumerate(graph["nodes"]) if entry["op"] != "null")
    strip = "node_"
    return [op, params, [name.removeprefix(strip) for name in node.list_inputs()],
            [name.removeprefix(strip) for name in node.list_auxiliary_states()],
            [name.removeprefix(strip) for name in node.list_outputs()], rows[at + 1] - rows[at]]


def record():
    """The together recording."""
    kept = {"mxnet": mx.__version__, "shapes": [], "dtypes": [], "declarations": []}
    queries = {"shape": list(SHAPES), "type": list(DTYPES)}
    for call in sampled_calls():
        op, params, shapes = call
        node = node_of(op, params, len(shapes))
        if node is None:
            print("no node:", op, params)
            continue
        kept["declarations"].append(declared(op, params, node))
        count = len(node.list_outputs())
        query = next(shape_queries(call, [None] * count))
        _, outputs = infer("shape", node, query)
        if outputs is None or None in outputs:
            print("no shapes:", op, params, shapes)
            continue
        queries["shape"] += shape_queries(call, [tuple(shape) for shape in outputs])
        queries["type"] += dtype_queries(call, count)
    for kind, entry in (("shape", "shapes"), ("type", "dtypes")):
        for query in queries[kind]:
            node = node_of(query.op, query.params, len(query.inputs))
            if node is None or len(node.list_outputs()) != len(query.outputs):
                print("not asked:", query)
                continue
            answer = [*query, *infer(kind, node, query)]
            if answer not in kept[entry]:
                kept[entry].append(answer)
    return kept


def main():
    kept = record()
    path = ROOT / "tests/recordings/inference.json"
    lines = []
    for key, value in kept.items():
        text = json.dumps(value) if isinstance(value, str) else "[\n" + ",\n".join(
            json.dumps(entry, separators=(",", ":"), default=int) for entry in value) + "]"
        lines.append(f"{json.dumps(key)}: {text}")
    path.write_text("{" + ",\n".join(lines) + "}\n")
    print({key: len(value) for key, value in kept.items()}, os.path.getsize(path), "bytes")


if __name__ == "__main__":
    main()
