"""Training in two processes, one of which is killed again and again, at any moment.

    python tests/sweeps/kills.py [--kills 20] [--seed 0]

examples/train_mnist_dist.py is started, one worker is killed (kill -9) at a random time, also in
the middle of a checkpoint, and it is started again in the same folder. No committed step may be
lost, all processes must stop within 20 seconds, and the end must be that of a run without a kill,
to the bit. Exit status 1 if not. Not a part of the suite, as it takes minutes. Linux only.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mxlite.tools.launch import build_parser, command_line

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ["--train-limit", "1024", "--num-epochs", "15", "--checkpoint-every", "2"]


def started(folder):
    line = command_line(build_parser().parse_args(
        ["-n", "2", "--launcher", "local", "--", sys.executable,
         str(ROOT / "examples" / "train_mnist_dist.py"), *SETTINGS, "--checkpoint", str(folder)]))
    return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1",
                                 "MXNET_CPU_WORKER_NTHREADS": "1"})


def committed(folder):
    path = folder / "latest.json"
    return json.loads(path.read_text())["step"] if path.exists() else 0


def ending(folder):
    step = committed(folder)
    return step, [(folder / f"{step}{suffix}").read_bytes() for suffix in (".params", ".states")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as place:
        unbroken, folder = Path(place) / "unbroken", Path(place) / "killed"
        began = time.monotonic()
        assert started(unbroken).wait() == 0
        most = time.monotonic() - began
        want = ending(unbroken)
        kills = ends = longest = 0
        before = 0
        while True:
            process = started(folder)
            if kills < options.kills:
                time.sleep(random.uniform(0.3, 0.8) * most)
                if process.poll() is None:
                    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
                    workers = [int(pid) for pid in children.read_text().split()]
                    if workers:
                        os.kill(random.choice(workers), signal.SIGKILL)
                        kills += 1
                    began = time.monotonic()
                    process.wait(timeout=20)
                    longest = max(longest, time.monotonic() - began)
            process.wait()
            step = committed(folder)
            assert step >= before, f"step {before} was committed, and then {step}"
            before = step
            print(f"{kills} kills: at step {step} of {want[0]}", flush=True)
            if process.returncode == 0:
                assert ending(folder) == want, "the end is another one"
                ends += 1
                if kills == options.kills:
                    break
                shutil.rmtree(folder)
                before = 0
        print(f"{kills} kills, {ends} runs to the end, all equal; all processes stopped within "
              f"{longest:.1f} s")


if __name__ == "__main__":
    main()
