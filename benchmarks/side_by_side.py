"""Libraries in processes of their own that take turns, so that a slow moment meets all of them.

A benchmark calls `serve(cases)` in the process of a library: it reads the name of a case a line
from standard input, and answers with the number that the case's function gives. Where it compares,
it makes a `Worker` for each library and calls `take_turns`; `beside_mxnet` does so for plain ones.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = Path.home() / ".cache/mxlite-reference"
ANCHORS = Path.home() / ".cache/mxlite-anchors"
PYTHONS = {"mxlite": sys.executable, "mxnet": str(REFERENCE / "mxnet/bin/python"),
           "torch": str(REFERENCE / "torch/bin/python"),
           "loader": str(ANCHORS / "loader/bin/python"), "dali": str(ANCHORS / "dali/bin/python")}


def serve(cases):
    """Answer with the numbers of the cases, {name: function}, that are asked for."""
    answers, sys.stdout = sys.stdout, sys.stderr       # what a library prints is no answer
    for line in sys.stdin:
        case = cases.get(line.strip())
        answers.write(json.dumps(None if case is None else case()) + "\n")
        answers.flush()


class Worker:
    """The process of a library, which runs `script --worker LIBRARY arguments...`."""

    def __init__(self, script, library, *arguments):
        environment = {**os.environ, "PYTHONPATH": str(ROOT)} if library == "mxlite" else None
        self.process = subprocess.Popen(
            [PYTHONS[library], script, "--worker", library, *map(str, arguments)], text=True,
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)

    def measure(self, case):
        """The number of a case; None where the library has no such case."""
        self.process.stdin.write(case + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{self.process.args[0]} ended in case {case!r}")
        return json.loads(answer)


def take_turns(workers, cases, rounds):
    """{case: {name: median}} of some rounds; one before only warms up."""
    rates = {case: {name: [] for name in workers} for case in cases}
    for number in range(rounds + 1):
        for case in cases:
            for name, worker in workers.items():
                value = worker.measure(case)
                if number and value is not None:
                    rates[case][name].append(value)
    return {case: {name: statistics.median(values) for name, values in one.items() if values}
            for case, one in rates.items()}


def print_ratios(unit, all_rates):
    """The rates of mxlite and MXNet in each case of take_turns' result, and how they compare."""
    width = 4 + max(map(len, all_rates))
    print(f"{unit:{width}}{'mxlite':>9}{'mxnet':>9}{'ratio':>9}")
    for case, rates in all_rates.items():
        ours, other = rates["mxlite"], rates.get("mxnet")
        print(f"{case:{width}}{ours:9.0f}" + (f"{other:9.0f}{ours / other:9.2f}" if other else ""))


def available(libraries):
    """Those whose Python is there."""
    return [library for library in libraries if os.path.exists(PYTHONS[library])]


def beside_mxnet(script, title, unit, cases, serve):
    """The command of a benchmark of mxlite and MXNet with no settings but `--rounds`: it prints the
    ratios of the cases. serve(library): answers in the process of a library."""
    parser = argparse.ArgumentParser(description=title.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        serve(options.worker)
        return
    workers = {library: Worker(script, library) for library in available(("mxlite", "mxnet"))}
    print_ratios(unit, take_turns(workers, cases, options.rounds))
