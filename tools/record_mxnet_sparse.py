"""Records what MXNet 1.9.1 does with sparse arrays.

    python tools/record_mxnet_sparse.py

Run it with MXNet's Python; it writes tests/recordings/sparse.json, and params/sparse_rows.params
beside it, a file of arrays of all storage types.
`calls`: storage type and values of the result of each call of tests/sparse_calls.py, and whether
MXNet had to make dense copies. `updates`: the weight after three updates by row_sparse gradients.
"""

import json
import os
import platform
import sys
import tempfile
from pathlib import Path

import mxnet as mx
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import sparse_calls  # noqa: E402

UPDATES = [
    ["sgd", {"wd": 0.01}], ["sgd", {"wd": 0.01, "momentum": 0.9}],
    ["sgd", {"wd": 0.01, "momentum": 0.9, "lazy_update": False}],
    ["sgd", {"wd": 0.01, "lazy_update": False, "clip_gradient": 0.4, "rescale_grad": 0.5}],
    ["sgd", {"clip_gradient": 0.4, "rescale_grad": 0.5}],
    ["adam", {"wd": 0.01}], ["adam", {"wd": 0.01, "lazy_update": False}],
    ["adagrad", {}], ["adagrad", {"clip_gradient": 0.4, "rescale_grad": 0.5}],
    ["ftrl", {"wd": 0.01}], ["groupadagrad", {}],
    ["groupadagrad", {"clip_gradient": 0.4, "rescale_grad": 0.5}],
]


def find(name):
    """The operator of this name."""
    return getattr(mx.nd, name, None) or getattr(mx.nd._internal, name)


def fell_back(function):
    """(the result, whether the log says that dense copies were made)."""
    kept = os.dup(2)
    with tempfile.TemporaryFile() as log:
        os.dup2(log.fileno(), 2)
        try:
            result = function()
            result.wait_to_read()
        finally:
            os.dup2(kept, 2)
            os.close(kept)
        log.seek(0)
        return result, b"Storage type fallback" in log.read()


def recorded(name, stypes, shapes, params):
    """What MXNet does with a call, which is made once: its log does not repeat itself."""
    arrays = [mx.nd.array(sparse_calls.values(i, shape)).tostype(stype)
              for i, (stype, shape) in enumerate(zip(stypes, shapes, strict=True))]
    result, is_dense = fell_back(lambda: find(name)(*arrays, **params))
    return {"stype": result.stype, "fallback": is_dense,
            "values": np.where(np.isfinite(result.asnumpy()), result.asnumpy().round(6),
                               None).tolist()}


def updated(name, params, stype):
    """The weight after three updates."""
    weight = mx.nd.array(np.arange(12).reshape(6, 2) / 10 + 0.1).tostype(stype)
    optimizer = mx.optimizer.create(name, learning_rate=0.1, **params)
    state = optimizer.create_state_multi_precision(0, weight)
    for step in range(3):
        grad = np.zeros((6, 2), "float32")
        grad[[1, 4] if step != 1 else [4, 5]] = np.array([[0.5, -0.25], [1, 0.125]]) * (step + 1)
        optimizer.update_multi_precision(0, weight, mx.nd.array(grad).tostype("row_sparse"), state)
    return weight.asnumpy().astype("float64").round(7).tolist()


def main():
    """Write the file."""
    known = []
    for name, stypes, shapes, params in sparse_calls.calls():
        known.append([name, stypes, params, recorded(name, stypes, shapes, params)])
    updates = [[name, params, stype, updated(name, params, stype)]
               for name, params in UPDATES for stype in ("default", "row_sparse")]
    lines = ",\n".join(json.dumps(entry) for entry in known)
    rows = ",\n".join(json.dumps(entry) for entry in updates)
    path = ROOT / "tests/recordings/sparse.json"
    path.write_text(f'{{"python": "{platform.python_version()}", "mxnet": "{mx.__version__}",\n'
                    f'"calls": [\n{lines}],\n"updates": [\n{rows}]}}\n')
    mx.nd.save(str(path.parent / "params/sparse_rows.params"), {
        "rows": mx.nd.array(sparse_calls.values(0, (5, 2))).tostype("row_sparse"),
        "csr": mx.nd.array(sparse_calls.values(1, (4, 3))).tostype("csr"),
        "dense": mx.nd.array(sparse_calls.values(2, (3,))),
        "no rows": mx.nd.sparse.zeros("row_sparse", (3, 2), dtype="float64"),
        "empty": mx.nd.sparse.zeros("csr", (3, 2), dtype="int32")})


if __name__ == "__main__":
    main()
