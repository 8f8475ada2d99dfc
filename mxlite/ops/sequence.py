"""Operators on sequences of different lengths in one array: (time, batch, ...) or axis = 1."""

from __future__ import annotations

import math
from typing import Any

from ..device.memory import Spec
from .indexing import index_flag
from .inference import common
from .schema import Op, kernel, param, register
from .strided import item_bits


class _Sequences(Op):
    """Base: data (T, N, ...), or (N, T, ...) with axis 1, and lengths (N,) where they are used."""

    dtype_rule = "T T? -> T"
    keeps_shape = True
    use_sequence_length: bool
    axis: int

    def check_data(self, data, lengths):
        if len(data) < 2:
            raise self.shape_error("data", "with at least 2 axes", data)
        batch = data[1 - self.axis]
        if lengths and lengths != ((batch,),):
            raise self.shape_error("sequence_length", f"{(batch,)}", lengths[0])

    def fill_shapes(self, inputs, outputs):
        data = common(inputs[0], outputs[0]) if self.keeps_shape else inputs[0]
        lengths = inputs[1:]
        if lengths and data is not None and len(data) > 1:
            lengths = [(data[1 - self.axis],)]
        return [data, *lengths], [data] if self.keeps_shape else outputs

    def call(self, name: str, shape: Any, inputs: Any, value: float = 0.0) -> Any:
        """A call of index_sequence.c; lengths that are not used are not read."""
        data: Spec = inputs[0]
        A, B = shape[:2]
        uses = self.use_sequence_length
        return kernel(name, "bytes", A=A, B=B, row_bytes=math.prod(shape[2:]) * data.itemsize,
                      axis=self.axis, num_inputs=len(inputs), has_length=uses,
                      index_flag=index_flag(inputs[1]) if uses else 0, item=data.itemsize,
                      value=item_bits(value, data.dtype), work=math.prod(shape))

    def options(self) -> dict[str, Any]:
        return {"use_sequence_length": self.use_sequence_length, "axis": self.axis}

    def grads(self, inputs, ddata):
        return [ddata] + [None] * (len(inputs) - 1)


@register("SequenceMask", inputs="data sequence_length[use_sequence_length=True]")
class SequenceMask(_Sequences):
    """data with the items of each sequence from its length on replaced by value."""

    use_sequence_length: bool = param(False, "whether there are lengths")
    value: float = param(0.0, "what comes after the end")
    axis: int = param(0, "axis of time", low=0, high=1)

    def infer_shape(self, data, *lengths):
        self.check_data(data, lengths)
        return [data]

    def prepare(self, inputs, outputs):
        return self.call("sequence_mask", inputs[0].shape, inputs, self.value)

    def grad(self, F, dy, inputs, outputs):
        return self.grads(inputs, F.SequenceMask(dy[0], *inputs[1:], **self.options()))


@register("SequenceReverse", inputs="data sequence_length[use_sequence_length=True]")
class SequenceReverse(_Sequences):
    """data with each sequence in reverse order up to its length."""

    use_sequence_length: bool = param(False, "whether there are lengths")
    axis: int = param(0, "axis of time", low=0, high=1)

    def infer_shape(self, data, *lengths):
        self.check_data(data, lengths)
        return [data]

    def prepare(self, inputs, outputs):
        return self.call("sequence_reverse", inputs[0].shape, inputs)

    def grad(self, F, dy, inputs, outputs):
        return self.grads(inputs, F.SequenceReverse(dy[0], *inputs[1:], **self.options()))


@register("SequenceLast", inputs="data sequence_length[use_sequence_length=True]")
class SequenceLast(_Sequences):
    """The last item of each sequence: (N, ...); zeros of one without items. Lengths must be in
    [0, T]."""

    keeps_shape = False
    use_sequence_length: bool = param(False, "whether there are lengths")
    axis: int = param(0, "axis of time", low=0, high=1)

    def index_limits(self, specs):
        return 1, 0, specs[0].shape[self.axis]

    def infer_shape(self, data, *lengths):
        self.check_data(data, lengths)
        if data[self.axis] == 0:
            raise self.shape_error("data", "with at least one item of time", data)
        return [(data[1 - self.axis], *data[2:])]

    def prepare(self, inputs, outputs):
        return self.call("sequence_last", inputs[0].shape, inputs)

    def grad(self, F, dy, inputs, outputs):
        length = inputs[0].shape[self.axis]
        back = F._backward_sequence_last(dy[0], *inputs[1:], length=length, **self.options())
        return self.grads(inputs, back)


@register("_backward_sequence_last", inputs="data sequence_length[use_sequence_length=True]")
class BackwardSequenceLast(_Sequences):
    """Zeros of `length` items of time with data as the last item of each sequence."""

    keeps_shape = False
    use_sequence_length: bool = param(False, "whether there are lengths")
    axis: int = param(0, "axis of time", low=0, high=1)
    length: int = param(0, "number of items of time")

    def index_limits(self, specs):
        return 1, 0, self.length

    def infer_shape(self, data, *lengths):
        lead = (data[0], self.length) if self.axis else (self.length, data[0])
        return [(*lead, *data[1:])]

    def prepare(self, inputs, outputs):
        return self.call("sequence_last_grad", outputs[0].shape, inputs)

    def grad(self, F, dy, inputs, outputs):
        return self.grads(inputs, F.SequenceLast(dy[0], *inputs[1:], **self.options()))
