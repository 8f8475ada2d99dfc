"""SGD of several weights in a call; see optimizer_several.py.

Rates are tuples of one number a weight. The `preloaded_` operators take them as arrays, lrs and
wds, float32 (num_weights,), behind the weights.
"""

from __future__ import annotations

from .optimizer_ops import LISTS, _MasterUpdate, _Update
from .optimizer_several import Several
from .schema import Op, param, register, required, runtime

Floats = tuple[float, ...]


class _MultiSGD(Several):
    single = ""
    lrs: Floats
    wds: Floats

    def check(self):
        self.check_lists(lrs=self.lrs, wds=self.wds)

    def step(self, F, i, arrays):
        return getattr(F, self.single)(*arrays, lr=self.lrs[i], wd=self.wds[i], **self.runtime())


@register("multi_sgd_update", inputs="*data")
class MultiSGDUpdate(_MultiSGD):
    """sgd_update of num_weights weights: weight grad each."""

    group = "weight grad"
    single = "sgd_update"
    lrs: Floats = required("learning rates")
    wds: Floats = required("weight decays")
    rescale_grad: float = runtime(1.0, "factor of the gradients")
    clip_gradient: float = runtime(-1.0, "bound of the gradients; negative: none")
    num_weights: int = param(1, "number of weights", low=1)


@register("multi_sgd_mom_update", inputs="*data")
class MultiSGDMomUpdate(_MultiSGD):
    """sgd_mom_update of num_weights weights: weight grad mom each."""

    group = "weight grad mom!"
    single = "sgd_mom_update"
    lrs: Floats = required("learning rates")
    wds: Floats = required("weight decays")
    momentum: float = runtime(0.0, "what is kept of mom")
    rescale_grad: float = runtime(1.0, "factor of the gradients")
    clip_gradient: float = runtime(-1.0, "bound of the gradients; negative: none")
    num_weights: int = param(1, "number of weights", low=1)


@register("multi_mp_sgd_update", inputs="*data")
class MultiMPSGDUpdate(_MultiSGD):
    """mp_sgd_update of num_weights weights: weight grad weight32 each."""

    group = "weight grad weight32!"
    masters = ("weight32",)
    single = "mp_sgd_update"
    lrs: Floats = required("learning rates")
    wds: Floats = required("weight decays")
    rescale_grad: float = runtime(1.0, "factor of the gradients")
    clip_gradient: float = runtime(-1.0, "bound of the gradients; negative: none")
    num_weights: int = param(1, "number of weights", low=1)


@register("multi_mp_sgd_mom_update", inputs="*data")
class MultiMPSGDMomUpdate(_MultiSGD):
    """mp_sgd_mom_update of num_weights weights: weight grad mom weight32 each."""

    group = "weight grad mom! weight32!"
    masters = ("mom", "weight32")
    single = "mp_sgd_mom_update"
    lrs: Floats = required("learning rates")
    wds: Floats = required("weight decays")
    momentum: float = runtime(0.0, "what is kept of mom")
    rescale_grad: float = runtime(1.0, "factor of the gradients")
    clip_gradient: float = runtime(-1.0, "bound of the gradients; negative: none")
    num_weights: int = param(1, "number of weights", low=1)


class _Preloaded(Several):
    rest = "lrs wds"
    single = ""

    def step(self, F, i, arrays, lrs, wds):
        return getattr(F, self.single)(*arrays, lrs, wds, at=i, **self.runtime())


@register("preloaded_multi_sgd_update", inputs="*data")
class PreloadedMultiSGDUpdate(_Preloaded):
    """sgd_update of num_weights weights: weight grad each, then lrs and wds."""

    group = "weight grad"
    single = "_listed_sgd_update"
    rescale_grad: float = runtime(1.0, "factor of the gradients")
    clip_gradient: float = runtime(-1.0, "bound of the gradients; negative: none")
    num_weights: int = param(1, "number of weights", low=1)


@register("preloaded_multi_sgd_mom_update", inputs="*data")
class PreloadedMultiSGDMomUpdate(_Preloaded):
    """sgd_mom_update of num_weights weights: weight grad mom each, then lrs and wds."""

    group = "weight grad mom!"
    single = "_listed_sgd_mom_update"
    momentum: float = runtime(0.0, "what is kept of mom")
    rescale_grad: float = runtime(1.0, "factor of the gradients")
    clip_gradient: float = runtime(-1.0, "bound of the gradients; negative: none")
    num_weights: int = param(1, "number of weights", low=1)


@register("preloaded_multi_mp_sgd_update", inputs="*data")
class PreloadedMultiMPSGDUpdate(_Preloaded):
    """mp_sgd_update of num_weights weights: weight grad weight32 each, then lrs and wds."""

    group = "weight grad weight32!"
    masters = ("weight32",)
    single = "_listed_mp_sgd_update"
    rescale_grad: float = runtime(1.0, "factor of the gradients")
    clip_gradient: float = runtime(-1.0, "bound of the gradients; negative: none")
    num_weights: int = param(1, "number of weights", low=1)


@register("preloaded_multi_mp_sgd_mom_update", inputs="*data")
class PreloadedMultiMPSGDMomUpdate(_Preloaded):
    """mp_sgd_mom_update of num_weights weights: weight grad mom weight32 each, then lrs and wds."""

    group = "weight grad mom! weight32!"
    masters = ("mom", "weight32")
    single = "_listed_mp_sgd_mom_update"
    momentum: float = runtime(0.0, "what is kept of mom")
    rescale_grad: float = runtime(1.0, "factor of the gradients")
    clip_gradient: float = runtime(-1.0, "bound of the gradients; negative: none")
    num_weights: int = param(1, "number of weights", low=1)


class _Listed(Op):
    """Base: the update of one weight, its rates being items `at` of two arrays."""

    at: int

    def infer_shape(self, *shapes):
        for name, shape in zip(("lrs", "wds"), shapes[-2:], strict=True):
            if len(shape) != 1 or shape[0] <= self.at:
                raise self.shape_error(name, f"of one axis, longer than {self.at}", shape)
        return super().infer_shape(*shapes[:-2])

    def fill_shapes(self, inputs, outputs):
        filled, outputs = super().fill_shapes(inputs[:-2], outputs)
        return [*filled, *inputs[-2:]], outputs

    def prepare(self, inputs, outputs):
        call = super().prepare(inputs[:-2], outputs)
        return call._replace(fields={**call.fields, "source": LISTS, "at": self.at})


@register("_listed_sgd_update", inputs="weight grad lrs wds")
class ListedSGDUpdate(_Listed, _Update):
    """sgd_update with the rates lrs[at] and wds[at]."""

    dtype_rule = "F F float32 -> F"
    kernel_name = "sgd_update"
    at: int = required("which rates", low=0)
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")


@register("_listed_sgd_mom_update", inputs="weight grad mom! lrs wds")
class ListedSGDMomUpdate(_Listed, _Update):
    """sgd_mom_update with the rates lrs[at] and wds[at]."""

    dtype_rule = "F F F float32 -> F"
    kernel_name = "sgd_mom_update"
    own = 1
    at: int = required("which rates", low=0)
    momentum: float = runtime(0.0, "what is kept of mom")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")


@register("_listed_mp_sgd_update", inputs="weight grad weight32! lrs wds")
class ListedMPSGDUpdate(_Listed, _MasterUpdate):
    """mp_sgd_update with the rates lrs[at] and wds[at]."""

    dtype_rule = "T T float32 float32 -> T"
    at: int = required("which rates", low=0)
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")


@register("_listed_mp_sgd_mom_update", inputs="weight grad mom! weight32! lrs wds")
class ListedMPSGDMomUpdate(_Listed, _MasterUpdate):
    """mp_sgd_mom_update with the rates lrs[at] and wds[at]."""

    dtype_rule = "T T float32 float32 float32 -> T"
    at: int = required("which rates", low=0)
    momentum: float = runtime(0.0, "what is kept of mom")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")
