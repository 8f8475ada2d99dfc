"""What it costs to have a framework: seconds to import, resident memory, installed size.

    python benchmarks/import_cost.py [PACKAGE]        mxlite by default
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Every part that a program uses is imported: mxlite would put it off until its first use.
PROGRAM = """
import importlib, json, sys, time
start = time.perf_counter()
framework = importlib.import_module(sys.argv[1])
if sys.argv[1] != "torch":
    for part in ("nd", "autograd", "gluon", "optimizer", "init", "metric"):
        getattr(framework, part)
    framework.nd.ones((2, 2)).asnumpy()
else:
    framework.ones(2, 2).numpy()
seconds = time.perf_counter() - start
pages = int(open("/proc/self/statm").read().split()[1])
print(json.dumps({"seconds": seconds, "resident": pages * 4096, "file": framework.__file__}))
"""


def environment(checkout=ROOT):
    """The environment in which a checkout's mxlite is found, and compiled Python is kept, as it is
    where a package is installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(checkout)}


def import_cost(python, package):
    """{"seconds": ..., "resident": bytes} of a fresh process that imports the package and uses it
    once; the first of all compiles its Python, and should not be counted."""
    process = subprocess.run([python, "-c", PROGRAM, package], env=environment(), text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(process.stdout.splitlines()[-1])


def installed_size(file):
    """Bytes of the package that `file`, its __init__.py, lies in, without compiled Python."""
    folder = Path(file).parent
    return sum(path.stat().st_size for path in folder.rglob("*")
               if path.is_file() and "__pycache__" not in path.parts)


if __name__ == "__main__":
    costs = [import_cost(sys.executable, sys.argv[1] if sys.argv[1:] else "mxlite")
             for _ in range(6)][1:]
    print(f"import    {sorted(cost['seconds'] for cost in costs)[2]:.3f} s")
    print(f"resident  {sorted(cost['resident'] for cost in costs)[2] / 1e6:.1f} MB")
    print(f"size      {installed_size(costs[0]['file']) / 1e6:.1f} MB")
