"""Time of mxlite's operators by that of MXNet 1.9.1, forward, and forward and backward.

    python benchmarks/bench_operators.py [--rounds 3] [--only convolution] [--above 1.0]

Both libraries take turns in processes of their own; of each call the least time of a fiftieth of a
second counts, and of the rounds the median. Below 1 mxlite is faster. The table has what is above
--above, the slowest first; the last line is over all calls.
"""

import argparse
import importlib
import math
import statistics
import sys
import time

from every_operator import cases_of
from side_by_side import Worker, available, serve, take_turns

LIBRARIES = {"mxlite": "mxlite", "mxnet": "mxnet"}
SHARE = 0.02            # seconds of a measurement


def first(outputs):
    return outputs[0] if isinstance(outputs, (list, tuple)) else outputs


def least(work):
    """The least microseconds of a call."""
    work()
    times, begin = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - begin < SHARE:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times) * 1e6


def measurements(library):
    """{name: function that measures}, with and without a backward pass."""
    mx = importlib.import_module(library)
    found = {}
    for name, (function, arrays, grad) in cases_of(mx).items():
        def forward(function=function, arrays=arrays):
            first(function(*arrays)).wait_to_read()

        def both(function=function, arrays=arrays):
            for array in arrays:
                if array.grad is None:
                    array.attach_grad()
            with mx.autograd.record():
                output = first(function(*arrays))
            output.backward()
            mx.nd.waitall()

        found[name] = lambda forward=forward: least(forward)
        if grad:
            found[f"{name}, with gradient"] = lambda both=both: least(both)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--worker", choices=LIBRARIES, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=3, help="default 3")
    parser.add_argument("--only", default="", help="calls whose names have this")
    parser.add_argument("--above", type=float, default=1.0, help="ratios to show; default 1.0")
    options = parser.parse_args()
    if options.worker:
        return serve(measurements(LIBRARIES[options.worker]))
    workers = {library: Worker(__file__, library) for library in available(LIBRARIES)}
    if "mxnet" not in workers:
        sys.exit("MXNet 1.9.1 is not there; benchmarks/README.md says how to get it")
    import mxlite
    names = [name for name in measurements_names(mxlite) if options.only in name]
    ratios = {name: rates["mxlite"] / rates["mxnet"] for name, rates in
              take_turns(workers, names, options.rounds).items() if len(rates) == 2}
    for name, ratio in sorted(ratios.items(), key=lambda pair: -pair[1]):
        if ratio >= options.above:
            print(f"{ratio:6.2f}  {name}")
    mean = math.exp(statistics.fmean(math.log(ratio) for ratio in ratios.values()))
    faster = sum(ratio < 1 for ratio in ratios.values())
    print(f"{len(ratios)} calls, {faster} of them faster; median "
          f"{statistics.median(ratios.values()):.2f}, geometric mean {mean:.2f}")


def measurements_names(mx):
    return [each for name, (_, _, grad) in cases_of(mx).items()
            for each in ([name, f"{name}, with gradient"] if grad else [name])]


if __name__ == "__main__":
    main()
