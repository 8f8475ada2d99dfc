"""`_foreach`, `_while_loop` and `_cond`: operators whose nodes have graphs of their own, which
`mx.sym.contrib` makes. A run calls these graphs with arrays, as often as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..base import MXNetValueError, Shape
from ..ndarray import NDArray, zeros
from ..ndarray.control_flow import call, items_of, num_items, padded, truth_of
from ..ops.inference import PartialShape, PartialShapes, common, is_known, text_of
from ..ops.schema import REGISTRY, Op, register, required
from .body import Body

STACK = REGISTRY["stack"].make({})


class ControlFlow(Op):
    """Base. `bodies`: its node's graphs, which `take` checks against the parameters."""

    in_python = True
    bodies: Sequence[Body] = ()

    def take(self, bodies: Sequence[Body]) -> None:
        """Keep the graphs; raises where they do not fit the parameters."""
        self.bodies = bodies

    def check_count(self, count: int) -> None:
        if count != self.num_arrays():
            raise MXNetValueError(f"{self.name}: a node must have {self.num_arrays()} inputs; "
                                  f"got {count}")

    def num_arrays(self) -> int:
        """How many inputs the parameters speak of."""
        raise NotImplementedError

    def check_locs(self, name: str, limit: int, count: int | None = None) -> None:
        """Raise unless a parameter has numbers below `limit`, as many as `count` if given."""
        locs = getattr(self, name)
        if not all(0 <= loc < limit for loc in locs):
            raise self.value_error(name, f"numbers from 0 to {limit - 1}", locs)
        if count is not None and len(locs) != count:
            raise self.value_error(name, f"{count} numbers", locs)

    def check_heads(self, body: Body, count: int) -> None:
        """Raise unless a graph has so many outputs."""
        if len(body.heads) != count:
            raise MXNetValueError(f"{self.name}: a subgraph must have {count} outputs; "
                                  f"got {len(body.heads)}")

    # Inference: what is known of the inputs goes into the bodies, and comes out of them -----------

    def flow(self, inputs: list[Any], outputs: list[Any], infer: str) -> tuple[list[Any],
                                                                              list[Any]]:
        """Inputs and outputs with what the bodies say; infer: "shapes" or "dtypes"."""
        raise NotImplementedError

    def infer_shape(self, *shapes: Any) -> list[Any]:
        return self.flow(list(shapes), [None] * self.num_outputs, "shapes")[1]

    def fill_shapes(self, inputs: PartialShapes,
                    outputs: PartialShapes) -> tuple[PartialShapes, PartialShapes]:
        return self.flow(inputs, outputs, "shapes")

    def infer_dtype(self, *dtypes: str) -> list[str]:
        return self.flow(list(dtypes), [None] * self.num_outputs, "dtypes")[1]

    def fill_dtypes(self, inputs: Any, outputs: Any) -> Any:
        return self.flow(inputs, outputs, "dtypes")

    def through(self, body: Body, locs: Sequence[int], known: list[Any],
                infer: str) -> list[Any]:
        """The outputs of a body whose inputs are known[loc]; what follows of these is added."""
        ins, outs = getattr(body, infer)([known[loc] for loc in locs])
        for loc, value in zip(locs, ins, strict=True):
            known[loc] = merged(known[loc], value, infer)
        return outs


def merged(old: Any, new: Any, infer: str) -> Any:
    """What is known together; the old where they contradict each other."""
    return common(old, new) if infer == "shapes" else old or new


def item_shape(shape: PartialShape) -> PartialShape:
    """Of an item along axis 0; those of arrays of one axis have shape (1,)."""
    if shape is None or len(shape) > 1:
        return None if shape is None else shape[1:]
    return (1,)


def stacked_shape(length: int | None, shape: PartialShape) -> PartialShape:
    """Of items of this shape stacked along a new axis 0."""
    return None if shape is None else (length, *shape)


@register("_foreach", inputs="*data")
class Foreach(ControlFlow):
    """A loop over axis 0 of arrays: see mx.sym.contrib.foreach.

    Inputs: data, states, then other arrays that the body reads. The locs say which of the body's
    inputs they are.
    """

    num_subgraphs = 1
    num_outputs: int = required("of the operator", low=1)
    num_out_data: int = required("how many outputs are stacked; the others are states", low=0)
    in_state_locs: Shape = required("where states go in")
    in_data_locs: Shape = required("where items go in")
    remain_locs: Shape = required("where other inputs go in")

    def take(self, bodies: Sequence[Body]) -> None:
        super().take(bodies)
        self.check_heads(bodies[0], self.num_outputs)
        for name in ("in_state_locs", "in_data_locs", "remain_locs"):
            self.check_locs(name, len(bodies[0].variables))
        if sorted(self.locs()) != list(range(len(bodies[0].variables))):
            raise self.value_error("in_data_locs, in_state_locs and remain_locs",
                                   "all inputs of the subgraph, each once", self.locs())
        if self.num_out_data + len(self.in_state_locs) != self.num_outputs:
            raise self.value_error("num_outputs", f"{self.num_out_data} + "
                                   f"{len(self.in_state_locs)} states", self.num_outputs)
        if not self.in_data_locs:
            raise self.value_error("in_data_locs", "at least one number", self.in_data_locs)

    def locs(self) -> tuple[int, ...]:
        """Of all inputs, in their order."""
        return (*self.in_data_locs, *self.in_state_locs, *self.remain_locs)

    def num_arrays(self) -> int:
        return len(self.locs())

    def flow(self, inputs: list[Any], outputs: list[Any], infer: str) -> tuple[list[Any],
                                                                              list[Any]]:
        count, num_states = len(self.in_data_locs), len(self.in_state_locs)
        ends, is_shape = count + num_states, infer == "shapes"
        length = None
        if is_shape:
            heads = [shape[0] for shape in [*inputs[:count], *outputs[:self.num_out_data]]
                     if shape]
            length = next((n for n in heads if n is not None), None)
        known = list(inputs)
        if is_shape:
            known[:count] = [item_shape(shape) for shape in inputs[:count]]
        order = sorted(range(len(known)), key=lambda i: self.locs()[i])
        while True:                         # states come out as they went in
            before = list(known)
            outs = self.through(self.bodies[0], order, known, infer)
            for i in range(num_states):
                at, found = count + i, outs[self.num_out_data + i]
                if is_shape and is_known(found) and is_known(known[at]) and found != known[at]:
                    raise self.shape_error(f"state {i}, as body returns it,", text_of(known[at]),
                                           text_of(found))
                known[at] = merged(known[at], found, infer)
            if known == before:
                break
        states = list(known[count:ends])
        if is_shape:
            known[:count] = [
                common(shape, stacked_shape(length, item)) if shape is None or len(shape) > 1
                else (length,) for shape, item in zip(inputs[:count], known, strict=False)]
            outs = [stacked_shape(length, out) for out in outs[:self.num_out_data]] + states
        else:
            outs = [*outs[:self.num_out_data], *states]
        return known, outs

    def run_in_python(self, arrays: Sequence[NDArray], ctx: Any,
                      kept: Any = None) -> list[NDArray]:
        data = arrays[:len(self.in_data_locs)]
        states = list(arrays[len(data):len(data) + len(self.in_state_locs)])
        length = num_items(self.name, data)
        feed: list[Any] = [None] * len(arrays)
        for loc, array in zip(self.remain_locs, arrays[len(data) + len(states):], strict=True):
            feed[loc] = array
        rows = []
        for items in zip(*[items_of(array, length) for array in data], strict=True):
            for loc, array in zip(self.in_data_locs, items, strict=True):
                feed[loc] = array
            for loc, array in zip(self.in_state_locs, states, strict=True):
                feed[loc] = array
            results = self.bodies[0].run(feed, ctx)
            rows.append(results[:self.num_out_data])
            states = results[self.num_out_data:]
        return [*[call(STACK, column)[0] for column in zip(*rows, strict=True)], *states]


@register("_while_loop", inputs="*data")
class WhileLoop(ControlFlow):
    """A loop while a condition holds: see mx.sym.contrib.while_loop.

    The locs say which inputs the condition and the function read, and which of the function's
    inputs are the loop variables.
    """

    num_subgraphs = 2
    num_outputs: int = required("of the operator", low=1)
    num_out_data: int = required("how many outputs are stacked; the others are loop variables",
                                 low=0)
    max_iterations: int = required("how many times the function is called at most", low=1)
    cond_input_locs: Shape = required("which inputs the condition reads")
    func_input_locs: Shape = required("which inputs the function reads")
    func_var_locs: Shape = required("which of the function's inputs are loop variables")

    def take(self, bodies: Sequence[Body]) -> None:
        super().take(bodies)
        condition, function = bodies
        self.check_heads(condition, 1)
        self.check_heads(function, self.num_outputs)
        self.check_locs("cond_input_locs", self.num_arrays(), len(condition.variables))
        self.check_locs("func_input_locs", self.num_arrays(), len(function.variables))
        self.check_locs("func_var_locs", len(function.variables),
                        self.num_outputs - self.num_out_data)

    def num_arrays(self) -> int:
        return max([*self.cond_input_locs, *self.func_input_locs], default=-1) + 1

    def variable_places(self) -> list[int]:
        """Which inputs are the loop variables."""
        return [self.func_input_locs[loc] for loc in self.func_var_locs]

    def flow(self, inputs: list[Any], outputs: list[Any], infer: str) -> tuple[list[Any],
                                                                              list[Any]]:
        known, places = list(inputs), self.variable_places()
        while True:                         # loop variables come out as they went in
            before = list(known)
            self.through(self.bodies[0], self.cond_input_locs, known, infer)
            outs = self.through(self.bodies[1], self.func_input_locs, known, infer)
            for i, at in enumerate(places):
                found = outs[self.num_out_data + i]
                if infer == "shapes" and is_known(found) and is_known(known[at]) \
                        and found != known[at]:
                    raise self.shape_error(f"loop variable {i}, as func returns it,",
                                           text_of(known[at]), text_of(found))
                known[at] = merged(known[at], found, infer)
            if known == before:
                break
        stacked = outs[:self.num_out_data]
        if infer == "shapes":
            stacked = [stacked_shape(self.max_iterations, out) for out in stacked]
        return known, [*stacked, *[known[at] for at in places]]

    def run_in_python(self, arrays: Sequence[NDArray], ctx: Any,
                      kept: Any = None) -> list[NDArray]:
        condition, function = self.bodies
        current, places = list(arrays), self.variable_places()
        rows: list[list[NDArray]] = []
        while len(rows) < self.max_iterations and truth_of(
                self.name, "the condition",
                condition.run([current[loc] for loc in self.cond_input_locs], ctx)[0]):
            results = function.run([current[loc] for loc in self.func_input_locs], ctx)
            rows.append(results[:self.num_out_data])
            for at, array in zip(places, results[self.num_out_data:], strict=True):
                current[at] = array
        if rows:
            stacked = [padded(column, self.max_iterations) for column in zip(*rows, strict=True)]
        else:
            stacked = self._nothing(arrays)
        return [*stacked, *[current[at] for at in places]]

    def _nothing(self, arrays: Sequence[NDArray]) -> list[NDArray]:
        """The outputs where the function was not called: zeros."""
        shapes = self.infer_shape(*[array.shape for array in arrays])[:self.num_out_data]
        dtypes = self.infer_dtype(*[array._dtype_name for array in arrays])
        for i, shape in enumerate(shapes):
            if not is_known(shape):
                raise MXNetValueError(f"{self.name}: output {i} has a shape that depends on "
                                      "values, and the condition does not hold at first")
        return [zeros(shape, arrays[0].ctx, dtype)
                for shape, dtype in zip(shapes, dtypes, strict=False)]


@register("_cond", inputs="*data")
class Cond(ControlFlow):
    """One of two graphs: see mx.sym.contrib.cond. The locs say which inputs each of them reads."""

    num_subgraphs = 3
    num_outputs: int = required("of the operator", low=1)
    cond_input_locs: Shape = required("which inputs the condition reads")
    then_input_locs: Shape = required("which inputs the first branch reads")
    else_input_locs: Shape = required("which inputs the second branch reads")

    def take(self, bodies: Sequence[Body]) -> None:
        super().take(bodies)
        for body, name in zip(bodies, ("cond", "then", "else"), strict=True):
            self.check_heads(body, 1 if name == "cond" else self.num_outputs)
            self.check_locs(f"{name}_input_locs", self.num_arrays(), len(body.variables))

    def all_locs(self) -> list[tuple[int, ...]]:
        """What each of the three graphs reads."""
        return [self.cond_input_locs, self.then_input_locs, self.else_input_locs]

    def num_arrays(self) -> int:
        return max([loc for locs in self.all_locs() for loc in locs], default=-1) + 1

    def flow(self, inputs: list[Any], outputs: list[Any], infer: str) -> tuple[list[Any],
                                                                              list[Any]]:
        known = list(inputs)
        outs: list[Any] = [None] * self.num_outputs
        while True:
            before = list(known)
            answers = [self.through(body, locs, known, infer)
                       for body, locs in zip(self.bodies, self.all_locs(), strict=True)]
            if known == before:
                break
        for i, (first, second) in enumerate(zip(answers[1], answers[2], strict=True)):
            if infer == "shapes":           # lengths that the branches share
                if first is None or second is None or len(first) != len(second):
                    continue
                outs[i] = tuple([m if m == n else None
                                 for m, n in zip(first, second, strict=True)])
            else:
                if first and second and first != second:
                    raise self.dtype_error(f"output {i} of else_func", f"{first}, as that of "
                                           "then_func,", second)
                outs[i] = first or second
        return known, outs

    def run_in_python(self, arrays: Sequence[NDArray], ctx: Any,
                      kept: Any = None) -> list[NDArray]:
        pred = self.bodies[0].run([arrays[loc] for loc in self.cond_input_locs], ctx)[0]
        branch = 1 if truth_of(self.name, "pred", pred) else 2
        return self.bodies[branch].run([arrays[loc] for loc in self.all_locs()[branch]], ctx)
