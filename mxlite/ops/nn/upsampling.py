"""UpSampling: images that are enlarged by a whole factor."""

from __future__ import annotations

from ..inference import common
from ..schema import Op, param, register, required
from ..trace import composed
from .resample import resampled


@register("UpSampling", inputs="*data", outputs="output")
class UpSampling(Op):
    """Images (N, C, H, W) enlarged to (N, C, scale * H, scale * W).

    sample_type "nearest": pixels are repeated. Further images, whose sizes divide that of the
    output, are enlarged to it as well; multi_input_mode "concat" joins them along the channels,
    "sum" adds them. "bilinear": the Deconvolution of data with a weight (C, 1, k, k),
    k = 2 * scale - scale % 2, a channel by itself; num_filter is C.
    """

    dtype_rule = "F -> F"
    initializers = dict.fromkeys(("weight", "arg1"), '["bilinear", {}]')    # as in MXNet
    scale: int = required("the factor", low=1)
    num_filter: int = param(0, "number of channels, for sample_type 'bilinear'", low=0)
    sample_type: str = required("how pixels are made", choices=("nearest", "bilinear"))
    multi_input_mode: str = param("concat", "what becomes of several images",
                                  choices=("concat", "sum"))
    workspace: int = param(512, "MXNet's; not used", low=0)

    def input_names(self, count):
        if self.sample_type == "bilinear":
            return ["data", "weight"][:count]
        return [f"arg{i}" for i in range(count)]

    variable_names = input_names

    @property
    def least_arrays(self):
        return 2 if self.sample_type == "bilinear" else 1

    def infer_shape(self, *shapes):
        data = shapes[0]
        if self.sample_type == "bilinear" and len(shapes) != 2:
            raise self.value_error("the number of arrays",
                                   "2, data and weight, for sample_type 'bilinear'", len(shapes))
        if len(data) != 4:
            raise self.shape_error(self.input_names(1)[0], "of 4 axes, NCHW", data)
        out = (data[0], data[1], data[2] * self.scale, data[3] * self.scale)
        if self.sample_type == "bilinear":
            self.check_weight(data, shapes[1])
            return [out]
        for name, shape in zip(self.input_names(len(shapes)), shapes, strict=True):
            if len(shape) != 4 or shape[0] != data[0] or not self.divides(shape, out):
                raise self.shape_error(
                    name, f"({data[0]}, C, h, w), of which {out[2:]} is a multiple", shape)
            if self.multi_input_mode == "sum" and shape[1] != data[1]:
                raise self.shape_error(name, f"({data[0]}, {data[1]}, h, w) for "
                                       "multi_input_mode 'sum'", shape)
        if self.multi_input_mode == "concat":
            out = (out[0], sum(shape[1] for shape in shapes), *out[2:])
        return [out]

    def divides(self, shape, out):
        """Is the output's size this one's, times one whole factor?"""
        if 0 in shape[2:] or 0 in out[2:]:
            return shape[2:] == tuple([n // self.scale for n in out[2:]])
        factors = [n // m for n, m in zip(out[2:], shape[2:], strict=True)]
        return factors[0] == factors[1] and all(
            n % m == 0 for n, m in zip(out[2:], shape[2:], strict=True))

    def check_weight(self, data, weight):
        if 0 in data[2:]:
            raise self.shape_error("data", "without empty spatial axes", data)
        if self.num_filter != data[1]:
            raise self.value_error("num_filter", f"{data[1]}, the channels of data {data}",
                                   self.num_filter)
        wanted = (data[1], 1, *self.deconvolution()["kernel"])
        if weight != wanted:
            raise self.shape_error("weight", f"{wanted} for data {data}", weight)

    def deconvolution(self):
        """The parameters of the Deconvolution of sample_type 'bilinear'."""
        window, pad = 2 * self.scale - self.scale % 2, self.scale // 2
        return {"kernel": (window, window), "stride": (self.scale, self.scale), "pad": (pad, pad),
                "num_filter": self.num_filter, "num_group": self.num_filter, "no_bias": True}

    def fill_shapes(self, inputs, outputs):
        out, known = outputs[0], inputs[0]
        if known is None or len(known) != 4:
            return inputs, outputs
        if self.sample_type == "bilinear":
            weight = (known[1], 1, *self.deconvolution()["kernel"])
            size = [None if n is None else n * self.scale for n in known[2:]]
            return [known, weight, *inputs[2:]], [(known[0], known[1], *size)]
        images = [shape if shape is not None and len(shape) == 4 else (None,) * 4
                  for shape in inputs]
        batch = common(*[shape[:1] for shape in [*images, out or (None,)]])
        channels = known[1]
        if self.multi_input_mode == "concat":
            counts = [shape[1] for shape in images]
            channels = None if None in counts else sum(counts)
        size = [None if n is None else n * self.scale for n in known[2:]]
        inputs = [shape and (*batch, *shape[1:]) for shape in inputs]
        return inputs, [common((*batch, channels, *size), out)]

    def prepare(self, inputs, outputs):
        out = outputs[0]
        if self.sample_type == "bilinear":
            return composed(lambda F, data, weight: F.Deconvolution(
                data, weight, **self.deconvolution()), inputs)
        if len(inputs) == 1:
            return resampled("resample", out.dtype, inputs[0].shape, out.shape, "nearest")

        def run(F, *images):
            enlarged = [F._resample(image, size=out.shape[2:], mode="nearest") for image in images]
            if self.multi_input_mode == "sum":
                return F.add_n(*enlarged)
            return F.Concat(*enlarged, dim=1)

        return composed(run, inputs)

    def grad(self, F, dy, inputs, outputs):
        if self.sample_type == "bilinear":
            data, weight = inputs
            settings = {**self.deconvolution(), "num_filter": data.shape[1]}
            return [F.Convolution(dy[0], weight, **settings),
                    F._backward_Convolution_weight(
                        dy[0], data, **{k: v for k, v in settings.items() if k != "no_bias"})]
        grads, begin = [], 0
        for image in inputs:
            part = dy[0]
            if self.multi_input_mode == "concat" and len(inputs) > 1:
                part = F.slice_axis(part, axis=1, begin=begin, end=begin + image.shape[1])
                begin += image.shape[1]
            grads.append(F._backward_resample(part, size=image.shape[2:], mode="nearest"))
        return grads
