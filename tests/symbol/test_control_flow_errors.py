"""What foreach, while_loop and cond refuse in graphs, when they are made, read or run."""

import json

import pytest

import mxlite as mx
from mxlite import nd

contrib = mx.sym.contrib
X, S = mx.sym.var("x"), mx.sym.var("s")


def loop(body, data=X, states=S):
    return lambda: contrib.foreach(body, data, states)


def while_(cond, func, variables=X, limit=3):
    return lambda: contrib.while_loop(cond, func, variables, limit)


MADE = {
    "no symbol": (loop(lambda x, s: (x, s), 3), TypeError,
                  r"foreach: data must be arrays \(Symbol\), in lists or alone; got int"),
    "no pair": (loop(lambda x, s: x), TypeError, "foreach: body must return a pair.* got a Symbol"),
    "unused data": (loop(lambda x, s: (s, s)), AssertionError,
                    "must depend on all of data; it does not depend on number 0"),
    "unused state": (loop(lambda x, s: (x, x)), AssertionError, "depend on all of init_states"),
    "states": (loop(lambda x, s: (x, [s, s])), AssertionError,
               "foreach: body must return states nested as they came"),
    "limit": (while_(lambda x: x, lambda x: (x, x), limit=None), ValueError,
              "max_iterations should be specified"),
    "zero": (while_(lambda x: x, lambda x: (x, x), limit=0), ValueError,
             "_while_loop: max_iterations must be at least 1; got '0'"),
    "no variables": (while_(lambda: X, lambda: X, []), ValueError,
                     "while_loop: loop_vars should contain at least one element"),
    "condition": (while_(lambda x: True, lambda x: (x, x)), ValueError,
                  "while_loop: cond must return a Symbol of one output; got bool"),
    "variables": (while_(lambda x: x, lambda x: (x, [x, x])), ValueError,
                  "while_loop: func must return 1 loop_vars; got 2"),
    "unused variable": (while_(lambda x, s: x, lambda x, s: (x, [x, x]), [X, S]), ValueError,
                        "must depend on all of loop_vars; it does not depend on number 1"),
    "no pred": (lambda: contrib.cond(True, lambda: X, lambda: X), TypeError,
                "cond: pred must be arrays .* got bool"),
    "preds": (lambda: contrib.cond([X, S], lambda: X, lambda: X), ValueError,
              "cond: pred must have one output; got 2"),
    "counts": (lambda: contrib.cond(X, lambda: X, lambda: [X, S]), ValueError,
               "then_func and else_func must return as many Symbols; got 1 and 2"),
    "nothing": (lambda: contrib.cond(X, list, list), ValueError,
                "then_func and else_func must return at least one Symbol"),
    "alone": (lambda: mx.sym._internal._foreach(X, num_outputs=1, num_out_data=1, in_data_locs=(0,),
                                                in_state_locs=(), remain_locs=()), ValueError,
              "_foreach: a node must have 1 subgraphs; got 0"),
    "array": (lambda: nd._internal._foreach(nd.ones(1), num_outputs=1, num_out_data=1,
                                            in_data_locs=(0,), in_state_locs=(), remain_locs=()),
              ValueError, "_foreach runs only as a node of a graph"),
}


@pytest.mark.parametrize("title", MADE)
def test_when_it_is_made(title):
    function, error, message = MADE[title]
    with pytest.raises(error, match=message) as info:
        function()
    assert isinstance(info.value, mx.MXNetError)


RUN = {
    "lengths": (lambda: contrib.foreach(lambda x, s: (x[0] + x[1], s), [X, mx.sym.var("y")], S)[0],
                {"x": (3, 1), "s": (1,), "y": (2, 1)},
                "node '.*': _foreach: .* array 0 has 3, array 1 has 2"),
    "no items": (lambda: contrib.foreach(lambda x, s: (x, s), X, S)[0], {"x": (0, 1), "s": (1,)},
                 "_foreach: data must have at least one item"),
    "state": (lambda: contrib.foreach(lambda x, s: (x, mx.sym.concat(s, s, dim=0)), X, S)[0],
              {"x": (2, 1), "s": (1,)},
              r"state 0, as body returns it, must have shape \(1,\); got \(2,\)"),
    "variable": (lambda: contrib.while_loop(
        lambda x: mx.sym.sum(x), lambda x: (x, mx.sym.concat(x, x, dim=0)), X, 3)[0], {"x": (1,)},
        r"loop variable 0, as func returns it, must have shape \(1,\); got \(2,\)"),
    "condition": (lambda: contrib.while_loop(lambda x: x, lambda x: (x, x), X, 3)[0], {"x": (2,)},
                  r"the condition must have one element; got an array of shape \(2,\)"),
    "pred": (lambda: contrib.cond(X, lambda: X, lambda: X), {"x": (2,)},
             r"_cond: pred must have one element; got an array of shape \(2,\)"),
    "dtypes": (lambda: contrib.cond(X, lambda: X, lambda: mx.sym.cast(X, dtype="int32")),
               {"x": (1,)}, "output 0 of else_func must have dtype float32, .* got int32"),
    "inside": (lambda: contrib.foreach(lambda x, s: (mx.sym.dot(x, s, name="wrong"), s), X, S)[0],
               {"x": (2, 2, 3), "s": (2, 3)}, "node 'wrong': dot"),
}


@pytest.mark.parametrize("title", RUN)
def test_when_it_runs(title):
    function, shapes, message = RUN[title]
    symbol = function()
    with pytest.raises(mx.MXNetError, match=message):
        symbol.eval(**{name: nd.ones(shape) for name, shape in shapes.items()})


def test_outputs_of_a_loop_that_is_not_entered_may_lack_a_shape():
    """A branch with another shape: nobody knows which it would have been."""
    def function(x):
        row = contrib.cond(mx.sym.sum(x), lambda: x, lambda: mx.sym.concat(x, x, dim=0))
        return row, x + 1
    symbol = contrib.while_loop(lambda x: x > 5, function, X, 3)[0]
    with pytest.raises(ValueError, match="output 0 has a shape that depends on values"):
        symbol.eval(x=nd.ones(1))
    assert symbol.infer_shape_partial(x=(1,))[1] == [(3, 0)]
    executor = symbol.bind(mx.cpu(), {"x": nd.ones(1)})
    with pytest.raises(mx.MXNetError, match="is known when the graph has run; call forward"):
        assert executor.outputs


def damaged(change):
    """The text of a loop whose node was changed."""
    outputs, states = contrib.foreach(lambda x, s: (x + s, s), X, S)
    graph = json.loads(mx.sym.Group([outputs, states]).tojson())
    node = next(node for node in graph["nodes"] if node["op"] == "_foreach")
    change(node)
    return json.dumps(graph)


DAMAGED = {
    "no subgraphs": (lambda node: node.pop("subgraphs"), "must have 1 subgraphs; got 0"),
    "two": (lambda node: node["subgraphs"].append(node["subgraphs"][0]),
            "must have 1 subgraphs; got 2"),
    "inputs": (lambda node: node["inputs"].pop(), "_foreach: a node must have 2 inputs; got 1"),
    "num_args": (lambda node: node["attrs"].update(num_args="2"),
                 "num_args must be 3, the number of its inputs and subgraphs; got \"2\""),
    "locs": (lambda node: node["attrs"].update(in_data_locs="[7]"),
             "in_data_locs must be numbers from 0 to 1"),
    "doubled": (lambda node: node["attrs"].update(in_data_locs="[1]"),
                "all inputs of the subgraph, each once"),
    "no data": (lambda node: node["attrs"].update(in_data_locs="[]", remain_locs="[0]"),
                "in_data_locs must be at least one number"),
    "heads": (lambda node: node["subgraphs"][0]["heads"].pop(),
              "a subgraph must have 2 outputs; got 1"),
    "states": (lambda node: node["attrs"].update(num_out_data="2"),
               "num_outputs must be 2 . 1 states"),
    "missing": (lambda node: node["attrs"].pop("num_outputs"), "missing parameter 'num_outputs'"),
}


@pytest.mark.parametrize("title", DAMAGED)
def test_damaged_files(title):
    change, message = DAMAGED[title]
    with pytest.raises(mx.MXNetError, match=f"node '_foreach.*{message}"):
        mx.sym.load_json(damaged(change))


def test_damaged_locs_of_a_while_loop():
    outputs, _ = contrib.while_loop(lambda x, s: x, lambda x, s: (x, [x + s, s]), [X, S], 3)
    text = outputs.tojson()
    for old, new, message in (('"func_var_locs": "[0, 1]"', '"func_var_locs": "[0]"', "2 numbers"),
                              ('"cond_input_locs": "[0]"', '"cond_input_locs": "[0, 1]"',
                               "cond_input_locs must be 1 numbers")):
        assert old in text
        with pytest.raises(ValueError, match=message):
            mx.sym.load_json(text.replace(old, new))
