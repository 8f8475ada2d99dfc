"""The kernels and the chain of compare.py, compiled by PyTorch's inductor."""

import numpy as np
from inference_torch import inference_cases
from layers_torch import layer_cases
from networks_torch import chain, without_gradients


def make(torch):
    """name -> (function of no arguments, calls a measurement)."""
    rng = np.random.default_rng(0)

    def uniform(*shape):
        return torch.from_numpy(rng.uniform(-1, 1, shape).astype("float32"))

    one, other = uniform(1000000), uniform(1000000)
    compiled = torch.compile(lambda x, y: chain(torch, x, y))
    return {"chain of 1M": (without_gradients(torch, compiled, one, other), 10),
            **layer_cases(torch, uniform, True),
            **inference_cases(torch, uniform, True)}, lambda: None
