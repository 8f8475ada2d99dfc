"""The table: steps of recurrent layers, each a product with the states and then its gates."""

from __future__ import annotations

from typing import NamedTuple

from .products import BY_COLUMN, product
from .row import Fields, Row, Stage, Staged, threads, values_of

FIELDS = "T N H P mode reverse projected has_lengths clips clips_nan low:d high:d"
LSTM, GRU = 2, 3
BYTES = {"f32": 4, "f64": 8}


class Layer(NamedTuple):
    """A call's sizes and the numbers of its pointers, in the order of csrc/cpu/rnn_*_impl.h."""

    fields: Fields
    item: int
    T: int
    N: int
    H: int
    P: int
    rows: int           # of all gates
    pointer: dict[str, int]
    times: list[int]    # of the steps, in their order

    def step(self, name: str, t: int, size: int, behind: int = -1) -> Stage:
        return Stage("rnn", name, threads(self.N * size),
                     fields=(*values_of(self.fields, FIELDS), t, behind))

    def begin(self, name: str) -> Stage:
        return Stage("rnn", name, threads(self.N * max(self.H, self.P)))

    def at(self, name: str, row: int = 0, size: int = 0) -> tuple[int, int, int, int]:
        """Row `row` of an array of `size` items a row, as an argument of `product`."""
        return self.pointer[name], row * size * self.item, 0, 0


def layer_of(fields: Fields, dtype: str, names: str) -> Layer:
    """names: of all pointers; lstm:, gru:, projected: and lengths: before one say when it is."""
    there = {"lstm": fields["mode"] == LSTM, "gru": fields["mode"] == GRU,
             "projected": fields["projected"], "lengths": fields["has_lengths"]}
    parts = [name.rpartition(":") for name in names.split()]
    given = [name for when, _, name in parts if not when or there[when]]
    T, N, H, P = [int(fields[name]) for name in "TNHP"]
    gates = 4 if there["lstm"] else 3 if there["gru"] else 1
    times = list(range(T))[::-1] if fields["reverse"] else list(range(T))
    return Layer(fields, BYTES[dtype], T, N, H, P, gates * H,
                 {name: i for i, name in enumerate(given)}, times if N else [])


STEPS = ("input weight bias state lstm:cell projected:projection lengths:length states gates "
         "lstm:cells gru:reset projected:hidden scratch")
GRADS = ("dy dstate_after lstm:dcell_after gates states lstm:cells gru:reset weight "
         "projected:projection lengths:length dgates dstate lstm:dcell gru:dproduct "
         "projected:doutput scratch")


def steps(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
    layer = layer_of(fields, dtype, STEPS)
    N, H, P, rows = layer.N, layer.H, layer.P, layer.rows
    stages = [layer.begin("rnn_begin")]
    for t in layer.times:
        before, after = (t + 1, t) if fields["reverse"] else (t, t + 1)
        stages += [
            product(layer.at("states", before, N * P), layer.at("weight"), layer.at("scratch"),
                    N, rows, P, trans_b=1, bias=(layer.pointer["bias"], BY_COLUMN)),
            layer.step("rnn_step", t, H)]
        if fields["projected"]:
            stages.append(product(layer.at("hidden", t, N * H), layer.at("projection"),
                                  layer.at("states", after, N * P), N, P, H, trans_b=1))
            if fields["has_lengths"]:
                stages.append(layer.step("rnn_keep", t, P))
    return stages, max(N * rows, 1) * layer.item


def grads(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
    layer = layer_of(fields, dtype, GRADS)
    N, H, P, rows = layer.N, layer.H, layer.P, layer.rows
    dproduct = "dproduct" if fields["mode"] == GRU else "dgates"
    stages, behind = [layer.begin("rnn_grad_begin")], -1
    for t in [*layer.times[::-1], -1] if layer.times else []:
        if behind >= 0:
            stages.append(product(layer.at(dproduct, behind, N * rows), layer.at("weight"),
                                  layer.at("scratch"), N, P, rows))
        stages.append(layer.step("rnn_grad_state", t, P, behind))
        if t >= 0 and fields["projected"]:
            dhidden = (layer.pointer["scratch"], N * P * layer.item, 0, 0)
            stages.append(product(layer.at("doutput", t, N * P), layer.at("projection"), dhidden,
                                  N, H, P))
        if t >= 0:
            stages.append(layer.step("rnn_grad_step", t, H))
        behind = t
    return stages, max(N * (P + H), 1) * layer.item


def recurrent() -> dict[str, Row | Staged]:
    def arrays(names: str) -> Staged:
        def count(fields: Fields) -> int:
            return len(layer_of(fields, "f32", names).pointer) - 1

        return Staged("rnn", "f32 f64", FIELDS, count, steps if names == STEPS else grads)

    return {"rnn_steps": arrays(STEPS), "rnn_steps_grad": arrays(GRADS)}
