"""What the tools of MXNet 1.9.1 make, for the tests of mxlite.tools. Run with MXNet's Python.

    python tools/record_mxnet_tools.py        writes tests/tools/recorded
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import mxnet
import numpy as np

RECORDED = Path(__file__).resolve().parent.parent / "tests/tools/recorded"
TOOLS = Path(mxnet.__file__).parent / "tools"
LISTS = {
    "flat": [], "recursive": ["--recursive"], "sorted": ["--recursive", "--no-shuffle"],
    "chunks": ["--recursive", "--chunks", "3"],
    "ratios": ["--recursive", "--train-ratio", "0.5", "--test-ratio", "0.25"],
    "train": ["--recursive", "--train-ratio", "0.7"], "png": ["--recursive", "--exts", ".png"],
}
PACKS = {
    "pass": ["--pass-through"], "labels": ["--pass-through", "--pack-label"],
    "threads": ["--pass-through", "--num-thread", "3"],
    "color": ["--encoding", ".png"], "gray": ["--encoding", ".png", "--color", "0"],
    "unchanged": ["--encoding", ".png", "--color", "-1"],
    "resized": ["--encoding", ".png", "--resize", "16"],
    "enlarged": ["--encoding", ".png", "--resize", "45", "--center-crop"],
    "jpeg": ["--quality", "90", "--center-crop"],
}
LOGS = {"markdown": [], "none": ["--format", "none", "--metric-names", "accuracy", "top.k"]}


def image(height, width, phase):
    """Smooth, so that a JPEG keeps most of it."""
    y, x = np.mgrid[:height, :width]
    return np.stack([128 + 120 * np.sin(x / 7 + phase), 128 + 120 * np.cos(y / 5 - phase),
                     128 + 90 * np.sin((x + y) / 9)], 2).astype(np.uint8)


def write_images(root):
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("", "cats", "dogs/big", "dogs"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    sizes = {"tall.jpg": (40, 27), "cats/a.png": (24, 31), "cats/b.jpg": (24, 24),
             "cats/c.JPEG": (19, 33), "dogs/big/a.jpg": (33, 21), "dogs/a.png": (20, 20),
             "dogs/b.png": (21, 30)}
    for number, (name, size) in enumerate(sizes.items()):
        end = Path(name).suffix.lower()
        (root / name).write_bytes(cv2.imencode(end, image(*size, number))[1].tobytes())
    four = np.concatenate([image(18, 22, 9), image(18, 22, 4)[:, :, :1]], 2)
    (root / "alpha.png").write_bytes(cv2.imencode(".png", four)[1].tobytes())
    (root / "gray.png").write_bytes(cv2.imencode(".png", image(17, 29, 2)[:, :, 0])[1].tobytes())
    (root / "notes.txt").write_text("not an image\n")


def run(tool, *arguments):
    done = subprocess.run([sys.executable, TOOLS / tool, *map(str, arguments)], check=True,
                          stdout=subprocess.PIPE)
    return done.stdout.decode()


def record_lists(root):
    for name, options in LISTS.items():
        folder = RECORDED / "lists" / name
        folder.mkdir(parents=True)
        run("im2rec.py", folder / "made", root, "--list", *options)


def record_packs(root):
    """A list with several labels; each way to pack it."""
    lines = (RECORDED / "lists/recursive/made.lst").read_text().splitlines()
    fields = [line.split("\t") for line in lines]
    text = "".join(f"{id}\t{label}\t{int(id) / 4}\t-7\t{path}\n" for id, label, path in fields)
    (RECORDED / "several.lst").write_text(text)
    for name, options in PACKS.items():
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(RECORDED / "several.lst", folder)
            run("im2rec.py", Path(folder, "several"), root, *options)
            for end in ("rec", "idx"):
                shutil.copy(Path(folder, f"several.{end}"), RECORDED / f"{name}.{end}")


def record_logs():
    lines = []
    for epoch in range(3):
        lines += [f"INFO:root:Epoch[{epoch}] Batch [20]\tSpeed: 512.00 samples/sec\taccuracy=0.3",
                  f"INFO:root:Epoch[{epoch}] Train-accuracy={0.5 + epoch / 7:.6f}",
                  f"INFO:root:Epoch[{epoch}] Train-top_k_accuracy_5={0.8 + epoch / 70:.6f}",
                  f"INFO:root:Epoch[{epoch}] Time cost={20 + epoch / 3:.3f}",
                  f"INFO:root:Epoch[{epoch}] Validation-accuracy={0.4 + epoch / 9:.6f}",
                  f"INFO:root:Epoch[{epoch}] Validation-top_k_accuracy_5={0.7 + epoch / 90:.6f}"]
    lines.append("INFO:root:Epoch[2] Validation-accuracy=0.5")          # a mean of two
    (RECORDED / "train.log").write_text("\n".join(lines) + "\n")
    for name, options in LOGS.items():
        table = run("parse_log.py", RECORDED / "train.log", *options)
        (RECORDED / f"log.{name}").write_text(table)


def main():
    shutil.rmtree(RECORDED, ignore_errors=True)
    write_images(RECORDED / "images")
    record_lists(RECORDED / "images")
    record_packs(RECORDED / "images")
    record_logs()
    records = mxnet.recordio.MXRecordIO(str(RECORDED / "pass.rec"), "r")
    indexed = mxnet.recordio.MXIndexedRecordIO(str(RECORDED / "numbered.idx"),
                                               str(RECORDED / "numbered.rec"), "w")
    for number, record in enumerate(iter(records.read, None)):
        indexed.write_idx(number, record)                     # the keys that rec2idx gives
    indexed.close()
    (RECORDED / "numbered.rec").unlink()


if __name__ == "__main__":
    main()
