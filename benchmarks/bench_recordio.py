"""RecordIO: mxlite and MXNet 1.9.1, each in its own process, and the system's own calls.

    python benchmarks/bench_recordio.py [--rounds 11] [--folder DIR] [--mxnet PYTHON]

The files are in the page cache; a folder in memory, such as /dev/shm, keeps the disk out of
writing, too. All take turns, one measurement each; the table has medians, and ratios of medians.
"system" is `cat FILE >/dev/null` for reading, and one os.write per record for writing.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MXNET = Path.home() / ".cache/mxlite-reference/mxnet/bin/python"
SIZES = {"1 MB": (1 << 20, 256), "100 KB": (100_000, 2_000), "100 bytes": (100, 200_000)}
ACTIONS = ("read", "read by key", "write", "write by key")
CASES = [f"{action} {size}" for size in SIZES for action in ACTIONS]


def record_of(size):
    """Bytes without a pattern; the same in every process."""
    return bytes((i * i * 31 + (i >> 8)) & 255 for i in range(size))


# ---------------------------------------------------------------- in the process of a library

def write(recordio, path, size, count):
    record = record_of(size)
    start = time.perf_counter()
    file = recordio.MXRecordIO(f"{path}.rec", "w")
    for _ in range(count):
        file.write(record)
    file.close()
    return time.perf_counter() - start


def write_by_key(recordio, path, size, count):
    record = record_of(size)
    start = time.perf_counter()
    file = recordio.MXIndexedRecordIO(f"{path}.idx", f"{path}.rec", "w")
    for key in range(count):
        file.write_idx(key, record)
    file.close()
    return time.perf_counter() - start


def read(recordio, path, count):
    file = recordio.MXRecordIO(f"{path}.rec", "r")
    start = time.perf_counter()
    total = 0
    while file.read() is not None:
        total += 1
    taken = time.perf_counter() - start
    assert total == count
    return taken


def read_by_key(recordio, path, count):
    file = recordio.MXIndexedRecordIO(f"{path}.idx", f"{path}.rec", "r")
    keys = [key * 7919 % count for key in range(min(count, 20_000))]
    start = time.perf_counter()
    for key in keys:
        file.read_idx(key)
    return (time.perf_counter() - start) * count / len(keys)


def work(library, folder):
    """Measure what standard input asks for, case by case."""
    if library == "mxlite":
        sys.path.insert(0, str(ROOT))
        from mxlite import recordio
    else:
        from mxnet import recordio
    for line in sys.stdin:
        action, size = line.strip().rsplit(" ", 2)[0], " ".join(line.split()[-2:])
        length, count = SIZES[size]
        path = Path(folder, size.replace(" ", "_"))
        if action.startswith("write"):
            call = write if action == "write" else write_by_key
            seconds = call(recordio, f"{path}_{library}", length, count)
        else:
            call = read if action == "read" else read_by_key
            seconds = call(recordio, path, count)
        print(json.dumps(seconds), flush=True)


# ---------------------------------------------------------------- in the process that asks

def system(action, size, folder):
    """Seconds of the system's own calls, or None where there is nothing alike."""
    length, count = SIZES[size]
    path = Path(folder, size.replace(" ", "_"))
    if action == "read":
        start = time.perf_counter()
        subprocess.run(f"cat '{path}.rec' >/dev/null", shell=True, check=True)
        return time.perf_counter() - start
    if action == "write":
        record = record_of(length)
        start = time.perf_counter()
        file = os.open(f"{path}_system.rec", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for _ in range(count):
            os.write(file, record)
        os.close(file)
        return time.perf_counter() - start
    return None


class Worker:
    def __init__(self, library, python, folder):
        self.process = subprocess.Popen(
            [python, __file__, "--worker", library, "--folder", folder], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def measure(self, case):
        self.process.stdin.write(case + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--folder", default=None)
    parser.add_argument("--mxnet", default=str(MXNET))
    parser.add_argument("--worker", choices=("mxlite", "mxnet"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.folder)
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        sys.path.insert(0, str(ROOT))
        from mxlite import recordio

        for size, (length, count) in SIZES.items():
            write_by_key(recordio, Path(folder, size.replace(" ", "_")), length, count)
        workers = {"mxlite": Worker("mxlite", sys.executable, folder)}
        if Path(options.mxnet).exists():
            workers["mxnet"] = Worker("mxnet", options.mxnet, folder)
        print(f"{'':22}{'mxlite':>10}{'mxnet':>10}{'system':>10}   mxlite    times   part of\n"
              f"{'':22}{'us/record':>10}{'us/record':>10}{'us/record':>10}     GB/s    mxnet    "
              "system")
        for case in CASES:
            report(case, workers, folder, options.rounds)


def report(case, workers, folder, rounds):
    action, size = case.rsplit(" ", 2)[0], " ".join(case.split()[-2:])
    length, count = SIZES[size]
    taken = {name: [] for name in (*workers, "system")}
    for _ in range(rounds + 1):                          # the first warms up
        for name, worker in workers.items():
            taken[name].append(worker.measure(case))
        taken["system"].append(system(action, size, folder))
    middle = {name: statistics.median(values[1:]) for name, values in taken.items()
              if values[0] is not None}
    columns = [f"{middle[name] / count * 1e6:10.2f}" if name in middle else f"{'-':>10}"
               for name in ("mxlite", "mxnet", "system")]
    ours = middle["mxlite"]
    against = [f"{middle[name] / ours:9.2f}" if name in middle else f"{'-':>9}"
               for name in ("mxnet", "system")]
    print(f"{case:22}{''.join(columns)}{length * count / ours / 1e9:9.2f}{''.join(against)}",
          flush=True)


if __name__ == "__main__":
    main()
