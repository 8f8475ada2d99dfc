"""mxlite, MXNet 1.9.1, PyTorch, and what else is there, on the same work, in one run.

    python benchmarks/compare.py [--rounds 15] [--reference ~/.cache/mxlite-reference] [CASE ...]

Each framework has its own process, and lives through the whole run. They take turns, one
measurement each, so that a slow moment of the machine meets all. The table shows medians, ratios,
and the targets.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from dtypes_mx import CASES as DTYPE_CASES
from import_cost import environment, import_cost, installed_size

HERE = Path(__file__).resolve().parent
FRAMEWORKS = ("mxlite", "mxnet", "torch")
ANCHORS = ("ort", "inductor", "jax")
RIVALS = ("torch", *ANCHORS)

# case -> (the most that mxlite may take, as a part of ..., those frameworks' least time)
TARGETS = {
    "add": (0.3, ("torch",)), "add + backward": (0.2, ("torch",)),
    "FullyConnected": (0.5, ("torch",)), "MLP step": (0.7, ("torch", "mxnet")),
    "matmul 1024": None, "conv 3x3": None, "conv 1x1": (1.1, ("mxnet",)),
    "depthwise": (1.0, ("mxnet",)), "depthwise + backward": (1.0, ("mxnet",)),
    "max pooling": None, "MLP step, graph": (0.7, ("torch", "mxnet")), "LeNet step": None,
    "LeNet step, graph": (1.0, ("torch", "mxnet")), "ResNet-18 step": None,
    "ResNet-18, graph": (1.0, ("torch", "mxnet")), "LSTM step": (0.83, ("torch", "mxnet")),
    "LSTM step, graph": (0.83, ("torch", "mxnet")), "chain of 1M": (0.4, ("torch",)),
    "net of 10 ops": (0.3, ("torch",)),
    **dict.fromkeys(("sort", "argsort", "topk", "topk of a million", "cumsum", "gather_nd",
                     "gather_nd + backward", "take + backward", "CTCLoss + backward", "box_nms",
                     "deconv 4x4"), (1.0, ("torch", "mxnet"))),
    **dict.fromkeys(("conv 64, 56^2 + backward", "conv 256, 14^2 + backward"),
                    (0.91, ("torch", "mxnet", "inductor"))),
    **dict.fromkeys(("BatchNorm + backward", "LayerNorm + backward", "embedding", "Adam of 25M"),
                    (0.83, ("torch", "mxnet"))),
    "syevd": None,
    "csr dot dense": (0.67, ("mxnet",)),
    **dict.fromkeys(("quantized product", "quantized conv"), (1.0, ("mxnet",))),
    **dict.fromkeys(("softmax of 1M", "exp of 1M", "transpose of 1M", "row sums of 1M"),
                    (0.91, RIVALS)),
    **dict.fromkeys(("batch_dot", "conv 64, 56^2", "conv 256, 14^2", "conv 7x7/2, 224^2",
                     "conv 256>128, 28^2"), (1.0, RIVALS)),
    **dict.fromkeys([f"{net}, {size} images" for net in ("ResNet-18", "ResNet-50", "MobileNetV2")
                     for size in (1, 8)], (1.11, RIVALS)),
    **dict.fromkeys([f"{net}, {size} texts" for net, sizes in (("encoder", (1, 8)),
                                                               ("language model", (1, 32)))
                     for size in sizes], (1.0, RIVALS)),
    **dict.fromkeys([name for name, *_ in DTYPE_CASES], (1.0, ("torch",))),
}
FLOPS = {"matmul 1024": 2 * 1024 ** 3, "conv 3x3": 2 * 16 * 64 * 64 * 9 * 56 ** 2}
PAUSE = 0.25           # seconds until the threads of the framework before have stopped to spin
UNITS = (("s", 1), ("ms", 1e-3), ("us", 1e-6))
COSTS = {"seconds": ("import", 1.0, "s", 0.2), "resident": ("resident", 1e6, "MB", 60.0),
         "size": ("installed", 1e6, "MB", 20.0)}


class Worker:
    """A process that measures one framework's cases when told to; checkout: whose cases."""

    def __init__(self, framework, python, checkout=HERE.parent):
        self.framework = framework
        program = checkout / "benchmarks" / "worker.py"
        self.process = subprocess.Popen(
            [python, str(program), "mxlite" if framework == "before" else framework], text=True,
            env=environment(checkout), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)

    def measure(self, case):
        """Seconds a call; None: the framework, or the checkout before, has no such case."""
        answer = self.answer(case)
        if "error" in answer and self.framework != "before":
            raise SystemExit(f"{self.framework}, {case}: {answer['error']}")
        return answer.get("seconds")

    def answer(self, case):
        try:
            self.process.stdin.write(case + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.framework}: the worker ended; try "
                             f"'{self.process.args[0]} benchmarks/worker.py {self.framework}'")
        return json.loads(line)


def medians_of(case, workers, rounds):
    """framework -> median seconds of a call, after a round that only warms up; with the case's
    FLOPS also "peak" -> median FLOP/s that all threads reach."""
    values = {worker.framework: [] for worker in workers}
    if case in FLOPS:
        values["peak"] = []
    for turn in range(rounds + 1):
        for worker in workers:
            time.sleep(PAUSE)
            seconds = worker.measure(case)
            if turn and seconds is not None:
                values[worker.framework].append(seconds)
            if turn and case in FLOPS and worker is workers[0]:
                values["peak"].append(worker.answer("peak")["flops"])
    return {name: statistics.median(taken) for name, taken in values.items() if taken}


def shown(seconds):
    """Seconds in a fitting unit, or a dash."""
    if seconds is None:
        return "-"
    unit, size = next(((unit, size) for unit, size in UNITS if seconds >= size), UNITS[-1])
    return f"{seconds / size:.3g} {unit}"


def verdict(case, medians):
    """The target of a case, and whether it is met."""
    if case in FLOPS:
        rate = FLOPS[case] / medians["mxlite"]
        share = rate / medians["peak"]
        return f"{share:.0%} of peak of 50%: {'met' if share >= 0.5 else 'missed'}"
    if TARGETS[case] is None:
        return ""
    part, others = TARGETS[case]
    known = [medians[other] for other in others if other in medians]
    if not known:
        return "nothing to compare with"
    ratio = medians["mxlite"] / min(known)
    return f"{ratio:.2f} of {part}: {'met' if ratio <= part else 'missed'}"


def print_row(name, values, note):
    print(f"{name:21}" + "".join(f"{value:>12}" for value in values) + f"   {note}", flush=True)


def ratio_of(values, other):
    return f"{values['mxlite'] / values[other]:.2f}" if other in values else "-"


def compare_times(cases, pythons, rounds, before):
    workers = [Worker(framework, python) for framework, python in pythons.items()]
    columns = [name for name in (*FRAMEWORKS, *ANCHORS) if name in pythons]
    if before is not None:
        workers.append(Worker("before", pythons["mxlite"], before))
        columns.append("before")
    print_row("", [*columns, *[f"/ {name}" for name in columns[1:]]], "target")
    for case in cases:
        medians = medians_of(case, workers, rounds)
        print_row(case, [shown(medians.get(name)) for name in columns]
                  + [ratio_of(medians, other) for other in columns[1:]], verdict(case, medians))
    for worker in workers:
        worker.process.stdin.close()
        worker.process.wait()


def compare_costs(pythons, rounds):
    costs = {framework: [] for framework in pythons}
    for turn in range(rounds + 1):
        for framework, python in pythons.items():
            cost = import_cost(python, framework)
            if turn:
                costs[framework].append(cost)
    for key, (name, unit, symbol, limit) in COSTS.items():
        values = {framework: installed_size(numbers[0]["file"]) if key == "size" else
                  statistics.median(cost[key] for cost in numbers)
                  for framework, numbers in costs.items()}
        texts = [f"{values[framework] / unit:.3g} {symbol}" if framework in values else "-"
                 for framework in FRAMEWORKS]
        met = "met" if values["mxlite"] / unit <= limit else "missed"
        print_row(name, texts + [ratio_of(values, other) for other in FRAMEWORKS[1:]],
                  f"at most {limit:g} {symbol}: {met}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("cases", nargs="*", metavar="CASE",
                        help=f"of {', '.join(TARGETS)}, costs; default: all")
    parser.add_argument("--rounds", type=int, default=15, help="measurements a case (default 15)")
    parser.add_argument("--reference", type=Path, default=Path.home() / ".cache/mxlite-reference",
                        help="folder with the environments mxnet/ and torch/")
    parser.add_argument("--anchors", type=Path, default=Path.home() / ".cache/mxlite-anchors",
                        help="folder with the environments ort/ (ONNX Runtime), inductor/ (PyTorch "
                             "compiled) and jax/, for the cases that they have")
    parser.add_argument("--before", type=Path, metavar="CHECKOUT",
                        help="a built checkout of an earlier commit, measured in the same run")
    chosen = parser.parse_args()
    unknown = set(chosen.cases) - {*TARGETS, "costs"}
    if unknown:
        parser.error(f"no case {', '.join(sorted(unknown))}")
    pythons = {"mxlite": sys.executable}
    for folder, frameworks in ((chosen.reference, FRAMEWORKS[1:]), (chosen.anchors, ANCHORS)):
        for framework in frameworks:
            python = folder / framework / "bin/python"
            if python.exists():
                pythons[framework] = str(python)
    cases = chosen.cases or [*TARGETS, "costs"]
    compare_times([case for case in cases if case != "costs"], pythons, chosen.rounds,
                  chosen.before and chosen.before.resolve())
    if "costs" in cases:
        compare_costs({name: python for name, python in pythons.items() if name in FRAMEWORKS},
                      max(3, chosen.rounds // 3))


if __name__ == "__main__":
    main()
