"""AdamW and LAMB of several weights in a call; see optimizer_several.py.

Rates are tuples of one number a weight.
"""

from __future__ import annotations

from ..base import Shape
from .optimizer_several import Several
from .schema import param, register, required, runtime
from .whole_arrays import squares

Floats = tuple[float, ...]


class _MultiAdamW(Several):
    rest = "rescale_grad"
    single = ""
    lrs: Floats
    wds: Floats
    etas: Floats

    def check(self):
        self.check_lists(lrs=self.lrs, wds=self.wds, etas=self.etas)

    def infer_dtype(self, *dtypes):
        if dtypes[-1] == dtypes[0]:         # rescale_grad may have the dtype of the weights
            dtypes = (*dtypes[:-1], "float32")
        return super().infer_dtype(*dtypes)

    def check_last(self, name, shape):
        if shape not in ((), (1,)):
            raise self.shape_error(name, "(1,)", shape)

    def step(self, F, i, arrays, scale):
        scale = F.Cast(scale, dtype="float32")
        return getattr(F, self.single)(*arrays, scale, lr=self.lrs[i], wd=self.wds[i],
                                       eta=self.etas[i], **self.runtime())


@register("_multi_adamw_update", inputs="*data")
class MultiAdamWUpdate(_MultiAdamW):
    """_adamw_update of several: weight grad mean var each, then rescale_grad."""

    group = "weight grad mean! var!"
    single = "_adamw_update"
    lrs: Floats = required("learning rates")
    beta1: float = runtime(0.9, "what is kept of mean")
    beta2: float = runtime(0.999, "what is kept of var")
    epsilon: float = runtime(1e-8, "added to the root of var")
    wds: Floats = required("weight decays")
    etas: Floats = required("factors of the learning rates and of the weight decays")
    clip_gradient: float = runtime(-1.0, "bound of the gradients; negative: none")
    num_weights: int = param(1, "number of weights", low=1)


@register("_multi_mp_adamw_update", inputs="*data")
class MultiMPAdamWUpdate(_MultiAdamW):
    """_mp_adamw_update of several: weight grad mean var weight32 each, then rescale_grad."""

    group = "weight grad mean! var! weight32!"
    masters = ("mean", "var", "weight32")
    single = "_mp_adamw_update"
    lrs: Floats = required("learning rates")
    beta1: float = runtime(0.9, "what is kept of mean")
    beta2: float = runtime(0.999, "what is kept of var")
    epsilon: float = runtime(1e-8, "added to the root of var")
    wds: Floats = required("weight decays")
    etas: Floats = required("factors of the learning rates and of the weight decays")
    clip_gradient: float = runtime(-1.0, "bound of the gradients; negative: none")
    num_weights: int = param(1, "number of weights", low=1)


class _MultiLamb(Several):
    phase1 = ""
    phase2 = ""
    learning_rates: Floats
    wds: Floats
    step_count: Shape
    bias_correction: bool
    lower_bound: float
    upper_bound: float
    num_tensors: int

    @property
    def count(self):
        return self.num_tensors

    def check(self):
        self.check_lists(learning_rates=self.learning_rates, wds=self.wds,
                         step_count=self.step_count)

    def step(self, F, i, arrays):
        g = getattr(F, self.phase1)(*arrays, t=float(self.step_count[i]), wd=self.wds[i],
                                    bias_correction=self.bias_correction, **self.runtime())
        r1, r2 = [F.Cast(F.sqrt(squares(F, array)), dtype=g.dtype) for array in (arrays[0], g)]
        return getattr(F, self.phase2)(arrays[0], g, r1, r2, *arrays[4:],
                                       lr=self.learning_rates[i], lower_bound=self.lower_bound,
                                       upper_bound=self.upper_bound)


@register("_multi_lamb_update", inputs="*data")
class MultiLambUpdate(_MultiLamb):
    """lamb_update_phase1 and 2 of num_tensors weights: weight grad mean var each."""

    group = "weight grad mean! var!"
    phase1, phase2 = "lamb_update_phase1", "lamb_update_phase2"
    learning_rates: Floats = required("learning rates")
    beta1: float = runtime(0.9, "what is kept of mean")
    beta2: float = runtime(0.999, "what is kept of var")
    epsilon: float = runtime(1e-6, "added to the root of var")
    wds: Floats = required("weight decays")
    rescale_grad: float = runtime(1.0, "factor of the gradients")
    lower_bound: float = param(-1.0, "least length of a weight; negative: none")
    upper_bound: float = param(-1.0, "largest length of a weight; negative: none")
    clip_gradient: float = runtime(-1.0, "bound of the gradients; negative: none")
    bias_correction: bool = param(True, "divide by what mean and var have of zeros")
    step_count: Shape = required("numbers of the updates, from 1 on")
    num_tensors: int = param(1, "number of weights", low=1)


@register("_multi_mp_lamb_update", inputs="*data")
class MultiMPLambUpdate(_MultiLamb):
    """mp_lamb_update_phase1 and 2 of num_tensors weights: weight grad mean var weight32 each."""

    group = "weight grad mean! var! weight32!"
    masters = ("mean", "var", "weight32")
    phase1, phase2 = "mp_lamb_update_phase1", "mp_lamb_update_phase2"
    learning_rates: Floats = required("learning rates")
    beta1: float = runtime(0.9, "what is kept of mean")
    beta2: float = runtime(0.999, "what is kept of var")
    epsilon: float = runtime(1e-6, "added to the root of var")
    wds: Floats = required("weight decays")
    rescale_grad: float = runtime(1.0, "factor of the gradients")
    lower_bound: float = param(-1.0, "least length of a weight; negative: none")
    upper_bound: float = param(-1.0, "largest length of a weight; negative: none")
    clip_gradient: float = runtime(-1.0, "bound of the gradients; negative: none")
    bias_correction: bool = param(True, "divide by what mean and var have of zeros")
    step_count: Shape = required("numbers of the updates, from 1 on")
    num_tensors: int = param(1, "number of weights", low=1)
