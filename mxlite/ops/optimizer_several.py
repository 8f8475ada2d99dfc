"""The base of operators that update several weights in a call, whose inputs are interleaved:
weight_0 grad_0 ... weight_1 grad_1 ... -> the new weights."""

from __future__ import annotations

from typing import Any

from ..base import MXNetTypeError
from .inference import common
from .inputs import Input, parse_inputs
from .optimizer_ops import check_half
from .schema import Op
from .trace import composed


class Several(Op):
    """Base: `count` weights, with the inputs `group` each, and `rest` behind all of them."""

    arity = ""
    group = ""
    rest = ""
    parts: tuple[Input, ...] = ()
    last: tuple[Input, ...] = ()
    num_weights: int
    masters: tuple[str, ...] = ()   # the inputs that are float32 where the weights have 16 bits

    def __init_subclass__(cls) -> None:
        cls.parts = parse_inputs(cls.group)
        cls.last = parse_inputs(cls.rest)
        cls.written_period = len(cls.parts)

    @property
    def count(self) -> int:
        """The number of weights."""
        return self.num_weights

    @property
    def num_outputs(self):
        return self.count

    def written_inputs(self):
        return [i for i, entry in enumerate(self.parts) if entry.mutable]

    def check_lists(self, **lists: Any) -> None:
        """Raise unless there is a number for each weight."""
        for name, values in lists.items():
            if len(values) != self.count:
                raise self.value_error(name, f"{self.count} numbers, one a weight", values)

    def input_names(self, count):
        names = [f"{entry.name}_{i}" for i in range(self.count) for entry in self.parts]
        names += [entry.name for entry in self.last]
        return (names + [f"array_{i}" for i in range(len(names), count)])[:count]

    def groups(self, items):
        """The items of each weight; raises where their number is another."""
        stride, wanted = len(self.parts), self.count * len(self.parts) + len(self.last)
        if len(items) != wanted:
            behind = f", then {self.rest}" if self.rest else ""
            raise MXNetTypeError(
                f"{self.title}: takes {self.group.replace('!', '')} for each of {self.count} "
                "weights"
                f"{behind}: {wanted} arrays; got {len(items)}")
        return [list(items[i * stride:(i + 1) * stride]) for i in range(self.count)]

    def check_last(self, name, shape):
        """Raise unless an input behind the weights has a shape that fits."""
        if shape != (self.count,):
            raise self.shape_error(name, f"({self.count},)", shape)

    def infer_shape(self, *shapes):
        groups, names = self.groups(shapes), self.input_names(len(shapes))
        for i, shape in enumerate(shapes[:len(shapes) - len(self.last)]):
            at = i // len(self.parts)
            if shape != groups[at][0]:
                raise self.shape_error(names[i], f"{groups[at][0]}, as weight_{at} has", shape)
        for entry, shape in zip(self.last, shapes[len(shapes) - len(self.last):], strict=True):
            self.check_last(entry.name, shape)
        return [group[0] for group in groups]

    def words(self):
        """Which inputs of a weight have its dtype (True), and which are float32."""
        return [entry.name not in self.masters for entry in self.parts]

    def infer_dtype(self, *dtypes):
        self.groups(dtypes)
        T, names = dtypes[0], self.input_names(len(dtypes))
        if self.masters:
            check_half(self, T)
        if "float" not in T:
            raise self.dtype_error(names[0], "of floating point", T)
        wanted, _ = self.fill_dtypes([T] + [None] * (len(dtypes) - 1), [])
        for name, dtype, want in zip(names, dtypes, wanted, strict=True):
            if dtype != want:
                why = f", as {names[0]} is" if want == T else ""
                raise self.dtype_error(name, f"{want}{why}", dtype)
        return [T] * self.count

    def fill_shapes(self, inputs, outputs):
        groups, filled, results = self.groups(inputs), [], []
        for group, output in zip(groups, outputs, strict=True):
            shape = common(*group, output)
            filled += [shape] * len(group)
            results.append(shape)
        return [*filled, *inputs[len(filled):]], results

    def fill_dtypes(self, inputs, outputs):
        words = self.words()
        T = next((dtype for i, dtype in enumerate(inputs[:self.count * len(words)])
                  if dtype and words[i % len(words)]), None) or next(filter(None, outputs), None)
        given = [T if word else "float32" for word in words] * self.count
        return [*given, *["float32"] * len(self.last)], [T] * len(outputs)

    def prepare(self, inputs, outputs):
        return composed(self.steps, inputs)

    def steps(self, F, *inputs):
        """The new weights, by the operators that the call consists of."""
        groups, last = self.groups(inputs), inputs[len(inputs) - len(self.last):]
        return [self.step(F, i, group, *last) for i, group in enumerate(groups)]

    def step(self, F: Any, i: int, arrays: list[Any], *last: Any) -> Any:
        """The new weight i."""
        raise NotImplementedError

    def runtime(self) -> dict[str, Any]:
        """The runtime parameters, for the operators of one weight."""
        return {name: getattr(self, name) for name in self.runtime_params}
