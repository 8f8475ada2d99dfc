"""Calls of optimizer operators that tools/record_mxnet_updates.py makes with MXNet, and tests with
mxlite: names, parameters, and how many arrays of which dtypes."""

import numpy as np

SHAPES = [(3, 2), (4,)]
RATES = {"lrs": (0.1, 0.02), "wds": (0.01, 0.2)}
CUT = {"rescale_grad": 0.5, "clip_gradient": 0.3}
LAMB = {"learning_rates": (0.1, 0.02), "wds": (0.01, 0.2), "step_count": (1, 7)}
ADAMW = {**RATES, "etas": (1.0, 0.5)}

# (operator, inputs of a weight, what is behind them, parameters); capitals are float32 masters
CALLS = [
    ("ftml_update", "w g s s z", "", {"lr": 0.1, "t": 3, "wd": 0.01}),
    ("ftml_update", "w g s s z", "", {"lr": 0.1, "t": 1, "beta1": 0.5, "clip_grad": 0.3}),
    ("_adamw_update", "w g z s", "scale", {"lr": 0.1, "eta": 0.5, "wd": 0.01}),
    ("_adamw_update", "w g z s", "scale", {"lr": 0.1, "eta": 1.0, "clip_gradient": 0.3,
                                           "beta1": 0.5, "beta2": 0.9, "epsilon": 0.01}),
    ("_adamw_update", "w g z s", "zero", {"lr": 0.1, "eta": 0.5}),
    ("_adamw_update", "w g z s", "nan", {"lr": 0.1, "eta": 0.5}),
    ("_mp_adamw_update", "w g Z S W", "scale", {"lr": 0.1, "eta": 0.5, "wd": 0.01}),
    ("_mp_adamw_update", "w g Z S W", "infinity", {"lr": 0.1, "eta": 0.5, "wd": 0.01}),
    ("lamb_update_phase1", "w g z s", "", {"t": 3, "wd": 0.01}),
    ("lamb_update_phase1", "w g z s", "", {"t": 3, "wd": 0.1, "bias_correction": False, **CUT}),
    ("mp_lamb_update_phase1", "w g Z S W", "", {"t": 3, "wd": 0.01, **CUT}),
    ("lamb_update_phase2", "w g", "length length", {"lr": 0.1}),
    ("lamb_update_phase2", "w g", "length length", {"lr": 0.1, "lower_bound": 3}),
    ("lamb_update_phase2", "w g", "length length", {"lr": 0.1, "upper_bound": 1.5}),
    ("lamb_update_phase2", "w g", "zero length", {"lr": 0.1}),
    ("lamb_update_phase2", "w g", "length zero", {"lr": 0.1}),
    ("multi_sgd_update", "w g", "", RATES),
    ("multi_sgd_update", "w g", "", {**RATES, **CUT}),
    ("multi_sgd_mom_update", "w g z", "", {**RATES, "momentum": 0.9, **CUT}),
    ("multi_mp_sgd_update", "w g W", "", {**RATES, **CUT}),
    ("multi_mp_sgd_mom_update", "w g Z W", "", {**RATES, "momentum": 0.9}),
    ("preloaded_multi_sgd_update", "w g", "lrs wds", CUT),
    ("preloaded_multi_sgd_mom_update", "w g z", "lrs wds", {"momentum": 0.9, **CUT}),
    ("preloaded_multi_mp_sgd_update", "w g W", "lrs wds", CUT),
    ("preloaded_multi_mp_sgd_mom_update", "w g Z W", "lrs wds", {"momentum": 0.9}),
    ("_multi_adamw_update", "w g z s", "scale", ADAMW),
    ("_multi_adamw_update", "w g z s", "nan", {**ADAMW, "clip_gradient": 0.3}),
    ("_multi_mp_adamw_update", "w g Z S W", "scale", {**ADAMW, "clip_gradient": 0.3}),
    ("_multi_lamb_update", "w g z s", "", LAMB),
    ("_multi_lamb_update", "w g z s", "", {**LAMB, **CUT, "bias_correction": False,
                                           "lower_bound": 0.1, "upper_bound": 1.5}),
    ("_multi_mp_lamb_update", "w g Z S W", "", {**LAMB, **CUT}),
    ("multi_sum_sq", "w", "", {}),
    ("all_finite", "w", "", {}),
    ("all_finite", "w", "", {"init_output": False}),
    ("multi_all_finite", "w", "", {}),
    ("multi_lars", "", "lrs squares squares wds", {"eta": 0.1, "eps": 1e-3, "rescale_grad": 0.5}),
    ("multi_lars", "", "lrs zeros squares wds", {"eta": 0.1, "eps": 1e-3}),
    ("reset_arrays", "w", "", {}),
]
BEHIND = {"scale": [0.5], "zero": [0], "nan": [np.nan], "infinity": [np.inf], "length": [2],
          "lrs": [0.1, 0.02], "wds": [0.01, 0.2], "squares": [2, 3], "zeros": [0, 3]}
COUNTS = {"multi_sum_sq": "num_arrays", "multi_all_finite": "num_arrays",
          "reset_arrays": "num_arrays", "_multi_lamb_update": "num_tensors",
          "_multi_mp_lamb_update": "num_tensors"}
WITHOUT_OUT = ("lamb_update_phase1", "mp_lamb_update_phase1", "multi_sum_sq", "multi_lars",
               "reset_arrays")


def dtypes_of(name):
    """The dtypes of the weights that MXNet takes, and computes with."""
    if "mp_" in name:
        return ["float16"]
    return ["float32"] if name in ("multi_lars", "_multi_adamw_update") else ["float32", "float64"]


def is_multi(name):
    return "multi" in name or name == "reset_arrays"


def drawn(name, group, behind, dtype):
    """[(values, dtype)] of the arrays of a call, always the same."""
    rng = np.random.default_rng(7)
    arrays = []
    for shape in SHAPES[:2 if is_multi(name) else 1] if group else []:
        weight = rng.standard_normal(shape)
        for kind in group.split():
            values = {"w": weight, "g": rng.standard_normal(shape),
                      "z": rng.standard_normal(shape) * 0.1, "s": rng.uniform(0.5, 1, shape)}
            arrays.append((values[kind.lower()], "float32" if kind.isupper() else dtype))
    scale_dtype = dtype if name == "_multi_adamw_update" or "phase2" in name else "float32"
    return arrays + [(np.array(BEHIND[kind]), scale_dtype) for kind in behind.split()]


def run(function, array, name, group, behind, params, dtype):
    """The values of the outputs and of all inputs after the call, as lists."""
    arrays = [array(values, dtype=kind) for values, kind in drawn(name, group, behind, dtype)]
    params = dict(params)
    if is_multi(name) and name != "multi_lars":
        params[COUNTS.get(name, "num_weights")] = 2
    if name == "all_finite" and not params.get("init_output", True):
        params["out"] = array([0], dtype="float32")
    elif name not in WITHOUT_OUT and "finite" not in name:
        stride = len(group.split())
        weights = arrays[:len(arrays) - len(behind.split())][::stride]
        params["out"] = weights if len(weights) > 1 else weights[0]
    outputs = function(*arrays, **params)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return [[x.asnumpy().astype("float64").ravel().tolist() for x in side]
            for side in (outputs, arrays)]
