"""Records what MXNet 1.9.1's modules make of the trainings in tests/module_cases.py.

    python tools/record_mxnet_module.py

Run it with MXNet's Python; it writes tests/recordings/module.json, which tests/module reads:
`cases`: what each function returns; `states`: files of Module.save_optimizer_states after three
steps on one and two contexts (zlib-compressed, in base64), and the parameters then and after two
more steps.
"""

import base64
import json
import os
import platform
import sys
import tempfile
import warnings
import zlib
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MXNET_MKLDNN_ENABLED"] = "0"    # with it, the bias of a layer with a fixed weight stays

import mxnet as mx
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from module_cases import CASES, bound, mlp, params, run, train  # noqa: E402

warnings.simplefilter("ignore")


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.8g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else value


def recorded_states(contexts, optimizer):
    module = bound(mx, mlp(mx), (8, 5), options={"context": [mx.cpu(i) for i in range(contexts)]})
    module.init_optimizer(optimizer=optimizer[0], optimizer_params=optimizer[1])
    train(mx, module, [(8, 5)] * 3)
    before = params(module)
    with tempfile.TemporaryDirectory() as folder:
        module.save_optimizer_states(f"{folder}/x.states")
        content = Path(f"{folder}/x.states").read_bytes()
    after = train(mx, module, [(8, 5)] * 2)
    return {"contexts": contexts, "optimizer": optimizer, "before": before, "after": after,
            "file": base64.b64encode(zlib.compress(content, 9)).decode()}


content = {
    "provenance": {"mxnet": mx.__version__, "numpy": np.__version__,
                   "python": platform.python_version()},
    "cases": {name: run(mx, name) for name in CASES},
    "states": [recorded_states(contexts, optimizer) for contexts in (1, 2) for optimizer in (
        ["sgd", {"learning_rate": 0.5, "momentum": 0.9}], ["rmsprop", {"learning_rate": 0.05}])],
}
path = ROOT / "tests/recordings/module.json"
path.write_text(json.dumps(rounded(content), indent=0).replace(",\n", ", ").replace("[\n", "[")
                .replace("\n]", "]") + "\n")
print(path, path.stat().st_size)
