"""Record what MXNet 1.9.1 computes for the samples. Run it with the Python that has MXNet:

    ~/.cache/mxlite-reference/mxnet/bin/python tools/record_mxnet.py

It writes tests/recordings/ops/<family>.npz, which tests/test_recordings.py compares with mxlite,
and tests/recordings/params/*.params. A file holds all its values in one float64 array, an index
(for every sample and dtype the roles in0, out0, dy0, grad0, aux3 and shapes, in order), and where
they come from: the versions of MXNet, NumPy and Python, and the CPU.
"""

import json
import platform
import sys
import zlib
from pathlib import Path

import mxnet as mx
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from samples import FAMILIES, outputs_of  # noqa: E402


def function(name):
    """MXNet's function of this name, in whichever module it is."""
    for module in (mx.nd, mx.nd._internal, mx.nd.contrib):
        if hasattr(module, name):
            return getattr(module, name)
    kind, _, rest = name.removeprefix("_").partition("_")
    return getattr(getattr(mx.nd, kind), rest)


def provenance():
    """What computed the values: versions and the CPU's name and instruction sets."""
    cpu = {}
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        cpu.setdefault(key.strip(), value.strip())
    sets = [name for name in ("sse4_2", "avx2", "fma", "avx512f") if name in cpu["flags"].split()]
    return {"mxnet": mx.__version__, "numpy": np.__version__, "python": platform.python_version(),
            "cpu": cpu["model name"], "instruction sets": sets}


def record(sample, dtype):
    """[(role, values)] of one call, and of its backward with fixed output gradients."""
    rng = np.random.default_rng(zlib.crc32(str(sample).encode()) + sample.train)
    arrays = [mx.nd.array(value, dtype=sample.dtype_of(i, dtype))
              for i, value in enumerate(sample.draw(rng))]
    parts = [(f"in{i}", array.asnumpy()) for i, array in enumerate(arrays)]
    for i in sample.variables:
        arrays[i].attach_grad()
    with mx.autograd.record(train_mode=sample.train):
        outputs = outputs_of(function(sample.op)(*arrays, **sample.params))
    parts += [(f"out{i}", array.asnumpy()) for i, array in enumerate(outputs)]
    if sample.variables:
        dy = [rng.standard_normal(array.shape).astype(dtype) for array in outputs]
        heads = [mx.nd.array(value, dtype=array.dtype)
                 for value, array in zip(dy, outputs, strict=True)]
        mx.autograd.backward(outputs, heads, train_mode=sample.train)
        parts += [(f"dy{i}", value) for i, value in enumerate(dy)]
        parts += [(f"grad{i}", arrays[i].grad.asnumpy()) for i in sample.variables]
    return parts + [(f"aux{i}", arrays[i].asnumpy()) for i in sample.aux]


def record_family(name, samples):
    """Write one family's file."""
    index, values = [], []
    for sample in samples:
        for dtype in sample.recordings:
            parts = record(sample, dtype)
            index.append({"sample": str(sample), "train": sample.train, "dtype": dtype,
                          "parts": [[role, list(value.shape)] for role, value in parts]})
            values += [value.astype("float64").ravel() for _, value in parts]
    path = ROOT / "tests/recordings/ops" / f"{name}.npz"
    np.savez_compressed(path, index=json.dumps(index, separators=(",", ":")),
                        values=np.concatenate(values), provenance=json.dumps(provenance()))
    print(f"{path.name}: {len(index)} calls, {path.stat().st_size} bytes")


def record_params():
    """Files in MXNet's format: every dtype, scalars, lists, names."""
    folder = ROOT / "tests/recordings/params"
    counting = np.arange(6).reshape(2, 3)
    types = ["float32", "float64", "float16", "uint8", "int8", "int32", "int64"]
    named = {f"arg:{dtype}": mx.nd.array(counting, dtype=dtype) for dtype in types}
    named["aux:bool"] = mx.nd.array(counting % 2, dtype="bool")
    mx.nd.save(str(folder / "named.params"), named)
    mx.nd.save(str(folder / "list.params"), [mx.nd.array([1.5]), mx.nd.ones((2, 1, 3))])
    mx.nd.save(str(folder / "single.params"), mx.nd.array([[1, 2], [3, 4]]))
    with mx.util.np_shape(True):
        mx.nd.save(str(folder / "np_shape.params"), [mx.nd.ones((2,)), mx.nd.zeros((0, 3))])
        mx.nd.save(str(folder / "np_scalar.params"),
                   {"scalar": mx.nd.zeros(()) + 5, "empty": mx.nd.zeros((2, 0)),
                    "row": mx.nd.array([1, 2])})
    csr = mx.nd.array([[0, 1], [2, 0]]).tostype("csr")
    mx.nd.save(str(folder / "sparse.params"), {"dense": mx.nd.ones((2,)), "w": csr})


if __name__ == "__main__":
    for folder in ("ops", "params"):
        (ROOT / "tests/recordings" / folder).mkdir(parents=True, exist_ok=True)
    for family, samples in FAMILIES.items():
        record_family(family, samples)
    record_params()
