"""`foreach`, `while_loop` and `cond` on Symbols: nodes whose bodies are graphs.

A body is built by calling the user's function on new variables, inside an AttrScope that marks what
is made there. Then the graph is cut where it leaves what is marked: what it reads from outside
becomes a variable of the body and an input of the node.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..attribute import AttrScope
from ..base import MXNetAssertionError, MXNetError, MXNetValueError
from ..name import NameManager
from ..ndarray.control_flow import most_iterations
from ..ndarray.nesting import flattened, pair, regrouped
from ..ops.schema import REGISTRY
from .compose import SymbolFunction, attributes_here
from .control_flow_ops import Cond, ControlFlow, Foreach, WhileLoop
from .graph import Copies, Entry, Node, topological
from .symbol import Symbol

MARK = "__subgraph_name__"
_identity = SymbolFunction(REGISTRY["identity"], "identity")


class Cut(NamedTuple):
    """A body cut out of its graph, and what each of its variables, depth first, was there."""

    heads: list[Entry]
    sources: list[Entry]


def unique_name(name: str) -> str:
    """What the marks of a new body say: its name, within that of the body around it, and a
    number."""
    outer = AttrScope.current.get(None).get(MARK)
    full = f"{outer}${name}" if outer else name
    number = AttrScope._subgraph_names[full]
    AttrScope._subgraph_names[full] += 1
    return f"{full}{number}"


def _parts(symbol: Symbol) -> list[Symbol]:
    return list(symbol)


def symbols_of(value: Any, what: str) -> tuple[list[Symbol], Any]:
    """The Symbols of one output each in nested lists, and how they were nested."""
    return flattened(value, Symbol, what, _parts)


def stand_ins(symbols: Sequence[Symbol]) -> list[Symbol]:
    """New variables for the inputs of a body."""
    return [Symbol([Entry(Node(None, f"{symbol.name}-{symbol.heads[0].index}",
                               attributes_here(None)), 0)]) for symbol in symbols]


def apart(symbols: Sequence[Symbol], mark: str, names: set[str | None]) -> list[Symbol]:
    """The outputs of a body, with copies of those that were not made in it, or have one of these
    names."""
    return [_identity(each) if each.name in names
            or each.heads[0].node.attrs.get(MARK) != mark else each for each in symbols]


def input_names(symbols: Sequence[Symbol]) -> set[str | None]:
    """The names of all variables below."""
    return {name for each in symbols for name in each.list_inputs()}


def cut(symbols: Sequence[Symbol], mark: str) -> Cut:
    """The graph of what is marked, copied; variables are what it reads besides."""
    def variable(source: Entry) -> Node:
        is_own = source.node.attrs.get(MARK) == mark
        return Node(None, source.name, dict(source.node.attrs) if is_own else {})

    copies = Copies(variable)
    for node in topological([symbol.heads[0] for symbol in symbols]):
        if not node.is_variable and node.attrs.get(MARK) == mark:
            copies.add(node)
    heads = [copies.entry(symbol.heads[0]) for symbol in symbols]
    sources = {variable: source for source, variable in copies.variables.items()}
    return Cut(heads, [sources[node] for node in topological(heads) if node.is_variable])


def add_node(op: type[ControlFlow], bodies: Sequence[Cut], inputs: Sequence[Entry],
             params: dict[str, Any]) -> list[Symbol]:
    """The outputs of a new node."""
    texts = {name: str(value) for name, value in params.items()}
    texts["num_args"] = str(len(inputs) + len(bodies))
    node = Node(op, NameManager.current.get(None, op.name), {**attributes_here(None), **texts},
                inputs, [body.heads for body in bodies])
    return [Symbol([Entry(node, i)]) for i in range(node.num_outputs)]


def places(body: Cut, variables: Sequence[Symbol], error: type[MXNetError], caller: str,
           what: str) -> list[int]:
    """Which of the body's variables these are; raises `error` where it lacks one."""
    found = []
    for i, symbol in enumerate(variables):
        if symbol.heads[0] not in body.sources:
            raise error(f"{caller}: what the function returns must depend on all of {what}; it "
                        f"does not depend on number {i}")
        found.append(body.sources.index(symbol.heads[0]))
    return found


def foreach(body: Callable[..., Any], data: Any, init_states: Any,
            name: str = "foreach") -> tuple[Any, Any]:
    """A node that calls body(item, states) -> (outputs, new states) for the items of data along
    axis 0.

    As mx.nd.contrib.foreach, but body runs once, on Symbols, and must use all items and states, and
    return states nested as they came. name: of the body's graph. Raises MXNetTypeError for what is
    no Symbol, MXNetAssertionError where an item or state is not used.
    """
    arrays, data_form = symbols_of(data, "foreach: data")
    states, state_form = symbols_of(init_states, "foreach: init_states")
    mark = unique_name(name)
    with AttrScope(**{MARK: mark}):
        items, olds = stand_ins(arrays), stand_ins(states)
        outputs, news = pair(
            body(regrouped(iter(items), data_form), regrouped(iter(olds), state_form)),
            "foreach", "body", "(outputs, states)")
        outs, out_form = symbols_of(outputs, "foreach: the outputs of body")
        news, new_form = symbols_of(news, "foreach: the states that body returns")
        if new_form != state_form:
            raise MXNetAssertionError("foreach: body must return states nested as they came; got "
                                      f"{new_form} for {state_form}")
        names = input_names([*outs, *news])
        heads = apart(outs, mark, names)
        heads += apart(news, mark, names | {each.name for each in outs})
    graph = cut(heads, mark)
    locs = places(graph, items, MXNetAssertionError, "foreach", "data")
    state_locs = places(graph, olds, MXNetAssertionError, "foreach", "init_states")
    rest = [i for i in range(len(graph.sources)) if i not in {*locs, *state_locs}]
    inputs = [each.heads[0] for each in [*arrays, *states]] + [graph.sources[i] for i in rest]
    results = iter(add_node(Foreach, [graph], inputs, {
        "num_outputs": len(heads), "num_out_data": len(outs), "in_state_locs": state_locs,
        "in_data_locs": locs, "remain_locs": rest}))
    return regrouped(results, out_form), regrouped(results, new_form)


def while_loop(cond: Callable[..., Any], func: Callable[..., Any], loop_vars: Any,
               max_iterations: Any = None, name: str = "while_loop") -> tuple[Any, Any]:
    """A node that calls func(*loop_vars) -> (outputs, new loop_vars) while cond(*loop_vars) is not
    0, at most max_iterations times.

    As mx.nd.contrib.while_loop, but cond and func run once, on Symbols; cond must return a Symbol,
    func must use all loop_vars. The outputs are there without a call, too: zeros. name: of the
    graphs of cond and func. Raises MXNetTypeError, MXNetValueError.
    """
    limit = most_iterations("while_loop", max_iterations)
    if isinstance(loop_vars, Symbol):
        loop_vars, is_single = [loop_vars], True
    else:
        is_single = False
    olds, form = symbols_of(loop_vars, "while_loop: loop_vars")
    if not olds:
        raise MXNetValueError("while_loop: loop_vars should contain at least one element")
    marks = unique_name(f"{name}_cond")
    with AttrScope(**{MARK: marks}):
        first = stand_ins(olds)
        test = cond(*regrouped(iter(first), form))
        if not isinstance(test, Symbol) or len(test) != 1:
            raise MXNetValueError("while_loop: cond must return a Symbol of one output; got "
                                  f"{test if isinstance(test, Symbol) else type(test).__name__}")
        condition = cut(apart([test], marks, input_names([test])), marks)
    mark = unique_name(f"{name}_func")
    with AttrScope(**{MARK: mark}):
        second = stand_ins(olds)
        outputs, news = pair(func(*regrouped(iter(second), form)), "while_loop", "func",
                             "(outputs, loop_vars)")
        outs, out_form = symbols_of([] if outputs is None else outputs,
                                    "while_loop: the outputs of func")
        news = [news] if isinstance(news, Symbol) else [] if news is None else news
        news, new_form = symbols_of(news, "while_loop: the loop_vars that func returns")
        if len(new_form) != len(form) or len(news) != len(olds):
            raise MXNetValueError(f"while_loop: func must return {len(olds)} loop_vars; "
                                  f"got {len(news)}")
        heads = [*outs, *news]
        function = cut(apart(heads, mark, input_names(heads)), mark)
    var_locs = places(function, second, MXNetValueError, "while_loop", "loop_vars")
    inputs: list[Entry] = []
    shared: dict[Entry, int] = {}
    locs: list[list[int]] = []
    for body, variables in ((condition, first), (function, second)):
        own = {each.heads[0]: old.heads[0] for each, old in zip(variables, olds, strict=True)}
        locs.append([])
        for source in body.sources:
            if source in own and own[source] in shared:
                locs[-1].append(shared[own[source]])
                continue
            if source in own:
                shared[own[source]] = len(inputs)
            locs[-1].append(len(inputs))
            inputs.append(own.get(source, source))
    results = iter(add_node(WhileLoop, [condition, function], inputs, {
        "max_iterations": limit, "cond_input_locs": locs[0], "func_input_locs": locs[1],
        "func_var_locs": var_locs, "num_out_data": len(outs), "num_outputs": len(heads)}))
    stacked = regrouped(results, out_form)
    finals = regrouped(results, form)
    return stacked, finals[0] if is_single else finals


def cond(pred: Any, then_func: Callable[[], Any], else_func: Callable[[], Any],
         name: str = "cond") -> Any:
    """A node that is then_func() if pred, of one element, is not 0, and else_func() if it is.

    Both functions run once, on Symbols, and must return as many. name: of the graphs of pred and
    of both. Raises MXNetTypeError for what is no Symbol, MXNetValueError where the numbers differ.
    """
    bodies, forms, numbers = [], [], []
    for kind, function in (("pred", lambda: pred), ("then", then_func), ("else", else_func)):
        mark = unique_name(f"{name}_{kind}")
        with AttrScope(**{MARK: mark}):
            heads, form = symbols_of(function(), "cond: pred" if kind == "pred" else
                                     f"cond: what {kind}_func returns")
            bodies.append(cut(apart(heads, mark, input_names(heads)), mark))
        forms.append(form)
        numbers.append(len(heads))
    if numbers[0] != 1:
        raise MXNetValueError(f"cond: pred must have one output; got {numbers[0]}")
    if numbers[1] != numbers[2]:
        raise MXNetValueError("cond: then_func and else_func must return as many Symbols; got "
                              f"{numbers[1]} and {numbers[2]}")
    if not numbers[1]:
        raise MXNetValueError("cond: then_func and else_func must return at least one Symbol")
    inputs: list[Entry] = []
    locs = []
    for body in bodies:
        locs.append([_place(source, inputs) for source in body.sources])
    results = add_node(Cond, bodies, inputs, {
        "cond_input_locs": locs[0], "then_input_locs": locs[1], "else_input_locs": locs[2],
        "num_outputs": numbers[1]})
    return regrouped(iter(results), forms[1])


def _place(source: Entry, inputs: list[Entry]) -> int:
    """Where a source is among the inputs, to which it is added; variables stand there once."""
    if source.node.is_variable and source in inputs:
        return inputs.index(source)
    inputs.append(source)
    return len(inputs) - 1
