"""Record what MXNet 1.9.1 computes for the optimizer operators of tests/optimizer_calls.py.

Run it with MXNet's Python; it writes tests/recordings/updates.json.
"""

import json
import sys
from pathlib import Path

import mxnet as mx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import optimizer_calls  # noqa: E402


def function(name):
    """MXNet's function of this name."""
    return getattr(mx.nd._internal if name.startswith("_") else mx.nd, name)


def main():
    recorded = []
    for name, group, behind, params in optimizer_calls.CALLS:
        for dtype in optimizer_calls.dtypes_of(name):
            outputs, arrays = optimizer_calls.run(function(name), mx.nd.array, name, group, behind,
                                                  params, dtype)
            recorded.append([name, group, behind, params, dtype, outputs, arrays])
    path = ROOT / "tests/recordings/updates.json"
    path.write_text("[" + ",\n".join(json.dumps(call) for call in recorded) + "]\n")
    print(f"{path.name}: {len(recorded)} calls, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
