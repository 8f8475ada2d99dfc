"""The Python in the documents and in docstrings runs."""

import doctest
import importlib
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite.contrib.amp import amp

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "benchmarks/README.md",
             *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks_of(path):
    """[(line, source)] of a document's Python blocks."""
    text = path.read_text()
    return [(text.count("\n", 0, match.start()) + 2, match.group(1))
            for match in BLOCK.finditer(text)]


WITH_CODE = [path for path in DOCUMENTS if blocks_of(path)]
MODULES = [".".join(path.relative_to(ROOT).with_suffix("").parts)
           for path in sorted((ROOT / "mxlite").rglob("*.py")) if ">>> " in path.read_text()]


def write_photos(folder):
    """train.rec and train.idx, as the documents name them, with a few images."""
    rng = np.random.default_rng(0)
    with mx.recordio.MXIndexedRecordIO(str(folder / "train.idx"), str(folder / "train.rec"),
                                       "w") as file:
        for key in range(3):
            image = rng.integers(0, 256, (270, 300, 3), "uint8")
            header = mx.recordio.IRHeader(0, float(key), key, 0)
            file.write_idx(key, mx.recordio.pack_img(header, image))


def forget_mxnet():
    """Undo install_as_mxnet."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "mxnet"]:
        del sys.modules[name]
    sys.meta_path[:] = [finder for finder in sys.meta_path
                        if type(finder).__module__ != "mxlite.door.alias"]


@pytest.mark.parametrize("path", WITH_CODE, ids=lambda path: path.name)
def test_code_blocks_run(path, tmp_path, monkeypatch):
    """Block after block in one namespace, in a folder with a train.rec."""
    monkeypatch.chdir(tmp_path)
    write_photos(tmp_path)
    namespace = {"__name__": path.stem}
    try:
        for line, source in blocks_of(path):
            exec(compile("\n" * (line - 1) + source, str(path), "exec"), namespace)
    finally:
        amp._stop()
        forget_mxnet()


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_run(name):
    failed, attempted = doctest.testmod(importlib.import_module(name),
                                        optionflags=doctest.ELLIPSIS)
    assert attempted > 0
    assert failed == 0


def test_there_are_examples():
    assert {path.name for path in WITH_CODE} == {
        "README.md", "data.md", "distributed.md", "kvstore.md", "migration.md", "numpy.md",
        "onnx.md", "precision.md", "recordio.md"}
    assert "mxlite.recordio.header" in MODULES


def test_a_wrong_example_is_seen(tmp_path):
    document = tmp_path / "wrong.md"
    document.write_text("text\n\n```python\nx = 1\nassert x == 2\n```\n")
    assert blocks_of(document) == [(4, "x = 1\nassert x == 2\n")]
    with pytest.raises(AssertionError):
        exec(blocks_of(document)[0][1], {})
