"""box_nms: of boxes that overlap, the one with the highest score stays."""

from __future__ import annotations

import math

from ..inference import output_like_data
from ..schema import Op, kernel, param, register

FORMATS = ("center", "corner")


@register("_contrib_box_nms", "_contrib_box_non_maximum_suppression", outputs="output0 output1")
class BoxNMS(Op):
    """Non-maximum suppression: data (..., N, width) -> the boxes that stay, then rows of -1.

    The boxes of each (N, width) that stay come in the order of their scores. A box needs a score
    above valid_thresh and a class that is not background_id; of these the topk best count (all
    where topk < 0; topk=0 hands data on). One goes where its intersection over union with a better
    one of its class exceeds overlap_thresh. The gradient of a row goes to its box. float16 is
    computed in float32.
    """

    dtype_rule = "F -> F int64"
    num_outputs = 2             # the second: the row of data that each row comes from, or -1
    visible_outputs = 1
    overlap_thresh: float = param(0.5, "intersection over union above which boxes overlap")
    valid_thresh: float = param(0.0, "boxes have scores above it")
    topk: int = param(-1, "how many boxes of the best scores are looked at; below 0: all")
    coord_start: int = param(2, "the first of the four columns of the box")
    score_index: int = param(1, "the column of the score")
    id_index: int = param(-1, "the column of the class; -1: there are no classes")
    background_id: int = param(-1, "the class whose boxes are left out")
    force_suppress: bool = param(False, "boxes of other classes suppress, too")
    in_format: str = param("corner", "(x1, y1, x2, y2), or (x, y, width, height) of the middle",
                           choices=FORMATS)
    out_format: str = param("corner", "the format of the output", choices=FORMATS)

    def fill_shapes(self, inputs, outputs):
        return output_like_data(inputs, outputs)

    def infer_shape(self, data):
        if len(data) < 2:
            raise self.shape_error("data", "(..., N, width)", data)
        width, coordinates = data[-1], range(self.coord_start, self.coord_start + 4)
        if not 0 <= self.coord_start <= width - 4:
            raise self.value_error(
                "coord_start", f"from 0 to {width - 4}, for data {data}", self.coord_start)
        columns = {"score_index": self.score_index}
        if self.id_index >= 0:
            columns["id_index"] = self.id_index
        for name, column in columns.items():
            if not 0 <= column < width or column in coordinates:
                raise self.value_error(name, f"a column of data {data} besides those of the box, "
                                       f"{self.coord_start} to {self.coord_start + 3}", column)
        if self.id_index == self.score_index:
            raise self.value_error("id_index", "another column than score_index", self.id_index)
        return [data, data[:-1]]

    def prepare(self, inputs, outputs):
        *batch, num, width = inputs[0].shape
        at_most = num if self.topk < 0 else min(self.topk, num)
        return kernel(
            "box_nms", inputs[0].dtype, batch=math.prod(batch), num=num, width=width,
            at_most=at_most, coord=self.coord_start, score=self.score_index, id=self.id_index,
            background=self.background_id, force=int(self.force_suppress),
            in_center=int(self.in_format == "center"),
            out_center=int(self.out_format == "center"), overlap=self.overlap_thresh,
            valid=self.valid_thresh, work=50 * inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        return [F._backward_box_nms(dy[0], outputs[1])]


@register("_backward_box_nms", inputs="dy rows")
class BoxNMSGrad(Op):
    """Each row of dy where its box was."""

    dtype_rule = "F int64 -> F"

    def infer_shape(self, dy, rows):
        return [dy]

    def prepare(self, inputs, outputs):
        *batch, num, width = inputs[0].shape
        return kernel("box_nms_grad", inputs[0].dtype, batch=math.prod(batch), num=num,
                      width=width, work=inputs[0].size)
