"""A process of compare.py: `worker.py mxlite|mxnet|torch|ort|inductor|jax` reads the name of a case
a line, runs it, and answers with a line of JSON: seconds a call, null for a case that it has not,
or what went wrong. mxlite's also answers "peak": the FLOP/s that all threads can reach."""

import importlib
import json
import sys
import time

# framework -> module with its cases, package
MODULES = {
    "mxlite": ("cases_mx", "mxlite"), "mxnet": ("cases_mx", "mxnet"),
    "torch": ("cases_torch", "torch"), "ort": ("cases_ort", "onnxruntime"),
    "inductor": ("cases_inductor", "torch"), "jax": ("cases_jax", "jax"),
}

def measure(function, number, wait):
    """Seconds a call, over `number` calls."""
    start = time.perf_counter()
    for _ in range(number):
        function()
    wait()
    return (time.perf_counter() - start) / number


def main(framework):
    sys.stdout, answers = sys.stderr, sys.stdout        # what a library prints is no answer
    module, package = MODULES[framework]
    cases, wait = importlib.import_module(module).make(importlib.import_module(package))
    for line in sys.stdin:
        try:
            if line.strip() == "peak":
                answer = {"flops": importlib.import_module("peak").measure()}
            elif line.strip() in cases:
                answer = {"seconds": measure(*cases[line.strip()], wait)}
            else:
                answer = {"seconds": None}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
