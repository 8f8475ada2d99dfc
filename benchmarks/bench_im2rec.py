"""im2rec: mxlite's tool and that of MXNet 1.9.1, as commands, with the same options.

    python benchmarks/bench_im2rec.py [--images 2000] [--rounds 5] [--photos DIR] [--folder DIR]
                                      [--threads 2] [--mxnet PYTHON]

The photos are repeated to so many images; all is in the page cache, and a folder in memory, such as
/dev/shm, keeps the disk out. Both take turns. The table has images per second, of the command as a
whole, best of the rounds, and their ratio. "cat" writes the same bytes as pass-through does, and
nothing else.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MXNET = Path.home() / ".cache/mxlite-reference/mxnet/bin/python"
CASES = {
    "pass-through": ["--pass-through"],
    "encode anew": [],
    "resize 256": ["--resize", "256"],
    "resize 256, crop": ["--resize", "256", "--center-crop", "--quality", "90"],
    "resize 128": ["--resize", "128"],
}
ONLY_OURS = {"resize 128": ["--fast-decode"]}


def write_list(folder, photos, count):
    """A list of so many images, the photos again and again; their bytes in all."""
    files = sorted(path for path in photos.iterdir() if path.suffix.lower() in (".jpg", ".jpeg"))
    if not files:
        sys.exit(f"{photos}: no .jpg files")
    with open(folder / "made.lst", "w") as file:
        for number in range(count):
            file.write(f"{number}\t{number % 10}\t{files[number % len(files)].name}\n")


def seconds(command):
    """How long a command takes; it ends the program if it fails."""
    environment = {**os.environ, "PYTHONPATH": ""}
    start = time.perf_counter()
    done = subprocess.run(list(map(str, command)), env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    taken = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{command}: status {done.returncode}\n{done.stdout}")
    return taken


def commands(options, name, folder):
    """kind -> command, for a case."""
    there = subprocess.run([options.mxnet, "-c", "import mxnet; print(mxnet.__path__[0])"],
                           check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    rest = [folder / "made", options.photos, *CASES[name], "--num-thread", options.threads]
    ours = [sys.executable, ROOT / "tools/im2rec.py", *rest, "--quiet"]
    tools = {"mxlite": ours, "MXNet": [options.mxnet, f"{there}/tools/im2rec.py", *rest]}
    if name in ONLY_OURS:
        tools["mxlite " + " ".join(ONLY_OURS[name])] = ours + ONLY_OURS[name]
    if name == "pass-through":
        tools["cat"] = ["sh", "-c", f"cd {options.photos} && cut -f3 {folder}/made.lst | xargs cat"
                          f" >{folder}/made.cat && sync {folder}/made.cat"]
    return tools


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--photos", type=Path, default=ROOT.parent / "shared/data/photos")
    parser.add_argument("--folder")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cases", nargs="+", choices=list(CASES), default=list(CASES))
    parser.add_argument("--mxnet", default=str(MXNET))
    options = parser.parse_args()
    options.photos = options.photos.resolve()
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    try:
        write_list(folder, options.photos, options.images)
        print(f"{options.images} images, {options.threads} threads, best of {options.rounds}\n")
        print("| case | tool | images/s | ratio to MXNet |\n| --- | --- | --- | --- |")
        for name in options.cases:
            kinds = commands(options, name, folder)
            taken = {kind: [] for kind in kinds}
            for _ in range(options.rounds):
                for kind, command in kinds.items():
                    taken[kind].append(seconds(command))
            for kind in kinds:
                ratio = min(taken["MXNet"]) / min(taken[kind])
                print(f"| {name} | {kind} | {options.images / min(taken[kind]):,.0f} | "
                      f"{ratio:.2f} |", flush=True)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
