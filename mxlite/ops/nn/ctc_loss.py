"""CTCLoss: the loss of sequences of labels that are not aligned with the data."""

from __future__ import annotations

from .. import wrong_indices
from ..indexing import index_flag
from ..schema import Op, kernel, param, register

LENGTHS = "data_lengths[use_data_lengths=True] label_lengths[use_label_lengths=True]"


class _CTC(Op):
    """Base: what CTCLoss and its gradient take."""

    dtype_rule = "F T? T? -> F"
    use_data_lengths: bool = param(False, "whether data_lengths are given")
    use_label_lengths: bool = param(False, "whether label_lengths are given")
    blank_label: str = param("first", "which class is the blank", choices=("first", "last"))

    def check_shapes(self, data, label, lengths):
        if len(data) != 3 or not data[2]:
            raise self.shape_error("data", "(T, N, C) with C of at least 1", data)
        if len(label) != 2 or label[0] != data[1] or label[1] > data[0]:
            raise self.shape_error(
                "label", f"({data[1]}, L), L at most {data[0]}, as data has {data}", label)
        names = [entry.name for entry in self.taken[2:]]
        for name, shape in zip(names, lengths, strict=False):
            if shape != (data[1],):
                raise self.shape_error(name, f"({data[1]},)", shape)

    def call(self, name, inputs):
        """A call of a kernel of ctc.c."""
        (T, N, C), L = inputs[0].shape, inputs[1].shape[1]
        flags = [index_flag(spec) for spec in inputs[1:]]
        uses_data, uses_label = self.use_data_lengths, self.use_label_lengths
        is_first = self.blank_label == "first"
        return kernel(name, inputs[0].dtype, T=T, N=N, C=C, L=L, blank=0 if is_first else C - 1,
                      padding=0 if is_first else -1, label_flag=flags[0],
                      has_data_lengths=int(uses_data), data_flag=flags[1] if uses_data else 0,
                      has_label_lengths=int(uses_label),
                      length_flag=flags[1 + uses_data] if uses_label else 0,
                      work=N * T * (C + 40 * L))

    def index_message(self, specs, values):
        classes, label, got = specs[0].shape[2], values[1], ""
        if label is not None:
            wrong = wrong_indices.outside(label, 0, classes - 1)
            wrong &= label != (0 if self.blank_label == "first" else -1)
            got = wrong_indices.first(label, wrong)
        return (f"CTCLoss: label must be from 0 to {classes - 1}, as data {specs[0].shape} has "
                f"{classes} classes{got}")

    def value_message(self, specs, values):
        limits = {"data_lengths": specs[0].shape[0], "label_lengths": specs[1].shape[1]}
        for entry, value in zip(self.taken[2:], values[2:], strict=False):
            most = limits.get(entry.name)
            if most is not None and value is not None:
                wrong = wrong_indices.outside(value, 0, most)
                if wrong.any():
                    got = wrong_indices.first(value, wrong)
                    return f"CTCLoss: {entry.name} must be from 0 to {most}{got}"
        return f"CTCLoss: data_lengths and label_lengths must be from 0 to {limits}"


@register("CTCLoss", "ctc_loss", "_contrib_CTCLoss", "_contrib_ctc_loss",
          inputs=f"data label {LENGTHS}", outputs="output0 output1")
class CTCLoss(_CTC):
    """-log of the probability of the labels under data, whatever their alignment: (N,).

    data (T, N, C) holds scores before softmax; label (N, L), L <= T, classes; lengths (N,). The
    first class, or the last one, is the blank. Labels without lengths end at the first 0, or at
    the first -1 where the blank is the last class. The loss, and the gradient, of labels that do
    not fit into the data are 0. Raises for labels that are no classes and for lengths
    outside the arrays.
    """

    def infer_shape(self, data, label, *lengths):
        self.check_shapes(data, label, lengths)
        return [(data[1],)]

    def prepare(self, inputs, outputs):
        return self.call("ctc_loss", inputs)

    def grad(self, F, dy, inputs, outputs):
        given = {entry.name: array for entry, array in zip(self.taken, inputs, strict=True)}
        ddata = F._backward_CTCLoss(**given, dy=dy[0], use_data_lengths=self.use_data_lengths,
                                    use_label_lengths=self.use_label_lengths,
                                    blank_label=self.blank_label)
        return [ddata] + [None] * (len(inputs) - 1)


@register("_backward_CTCLoss", inputs=f"data label {LENGTHS} dy")
class BackwardCTCLoss(_CTC):
    """The gradient of CTCLoss with respect to data; it has no gradient itself."""

    def infer_shape(self, data, label, *rest):
        self.check_shapes(data, label, rest[:-1])
        return [data]

    def prepare(self, inputs, outputs):
        return self.call("ctc_grad", inputs)
