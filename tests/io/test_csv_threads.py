"""Iterators over text files: threads, blocks, resets, ends, forks, files that change."""

import multiprocessing
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite.io import CSVIter, text_iter

sys.path.insert(0, str(Path(__file__).parent))
from thread_count import threads, wait_for_threads

pytestmark = pytest.mark.timeout(120)
TABLE = np.arange(1500).reshape(500, 3) / 8


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = [",".join(map(str, row)) for row in TABLE.tolist()]
    Path("t.csv").write_text("\n".join(text))
    Path("a.csv").write_text("\r\n".join(text[:123]) + "\r\n")
    Path("b.csv").write_text("\r".join(["", *text[123:]]))


def make(**more):
    return CSVIter(**{"data_csv": "t.csv", "data_shape": 3, "batch_size": 7, **more})


def run(code):
    """In another process; PATH is that of the file."""
    code = code.replace("PATH", repr(os.path.abspath("t.csv")))
    return subprocess.run([sys.executable, "-c", code], timeout=100, capture_output=True, text=True,
                          cwd=Path(mx.__file__).parent.parent)


def batches(it):
    return [(batch.data[0].asnumpy().tolist(), batch.label[0].asnumpy().tolist(), batch.pad,
             batch.index.tolist()) for batch in it]


def epochs(it, count=3):
    passes = []
    for _ in range(count):
        passes.append(batches(it))
        it.reset()
    return passes


@pytest.mark.parametrize("round_batch", [True, False])
def test_threads_and_batches_ahead_make_no_difference(round_batch, monkeypatch):
    kind = {"round_batch": round_batch, "label_csv": "a.csv;b.csv", "label_shape": 3}
    results = []
    for count in (1, 8):
        monkeypatch.setattr(text_iter, "_THREADS", count)
        results += [epochs(make(prefetch_buffer=ahead, **kind)) for ahead in (0, 1, 9)]
    assert all(one == results[0] for one in results)
    assert [row for batch in results[0][0] for row in batch[0]][:500] == TABLE.tolist()
    assert all(data == label for epoch in results[0] for data, label, *_ in epoch)
    assert all((TABLE[index] == data).all() for epoch in results[0] for data, _, _, index in epoch)


@pytest.mark.parametrize("block", [1, 2, 5, 17, 1000])
def test_blocks_make_no_difference(block, monkeypatch):
    expected = batches(make())
    monkeypatch.setattr(text_iter, "_BLOCK", block)
    assert batches(make()) == batches(make(data_csv="a.csv;b.csv")) == expected
    text = "\ufeff1,2,3\r\n\r\n4,5,6\r7,8,9\n\r\n\n"
    Path("ends.csv").write_bytes(text.encode())
    rows = make(data_csv="ends.csv", batch_size=3).next().data[0].asnumpy()
    assert rows.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    Path("ends.csv").write_bytes((text + "x").encode())
    with pytest.raises(ValueError, match="line 7: must have 3 numbers"):
        make(data_csv="ends.csv", batch_size=4)


def test_a_line_without_end_is_an_error(monkeypatch):
    monkeypatch.setattr(text_iter, "_LONGEST", 1000)
    monkeypatch.setattr(text_iter, "_BLOCK", 64)
    Path("long.csv").write_text("1,2,3\n" + "0" * 995 + "1,2,3")
    assert batches(make(data_csv="long.csv", batch_size=2))[0][0] == [[1, 2, 3]] * 2
    for size in (996, 10**6):
        Path("long.csv").write_text("1,2,3\n" + "0" * size + "1,2,3\n")
        with pytest.raises(ValueError, match=r"long.csv, line 2: must have at most 1000 bytes"):
            make(data_csv="long.csv", batch_size=2)


@pytest.mark.parametrize("taken", [0, 1, 3, 71, 72])
def test_reset_anywhere_begins_with_the_first_row(taken):
    """72 batches, the last of which takes rows of the next epoch, where that goes on."""
    expected = epochs(make(), 2)
    it = make()
    for _ in range(taken):
        next(it)
    it.reset()
    assert batches(it) == expected[taken == 72]


def test_a_kept_batch_stays_as_it_was():
    it = make(round_batch=False)
    kept = next(it).data[0]
    epochs(it)
    np.testing.assert_array_equal(kept.asnumpy(), TABLE[:7])


def test_the_end_is_told_until_the_reset():
    it = make()
    batches(it)
    for _ in range(3):
        with pytest.raises(StopIteration):
            next(it)


def test_dropping_iterators_ends_their_threads():
    before = threads()
    for i in range(20):
        it = make()
        if i % 2:
            it.itself = it
        next(it)
        del it
    assert wait_for_threads(before) <= before


def test_a_closed_iterator_says_so():
    it = make()
    it.close()
    it.close()
    with pytest.raises(mx.MXNetError, match="the iterator is closed"):
        next(it)


@pytest.mark.parametrize("end", ["", "raise SystemExit", "next(i)", "import os; os._exit(0)"])
def test_the_interpreter_ends_with_a_live_iterator(end):
    done = run(f"import mxlite as mx; i = mx.io.CSVIter(PATH, (3,), batch_size=2); j = i; {end}")
    assert (done.returncode, done.stderr) == (0, "")


def in_child(it, queue):
    rest = batches(it)
    it.reset()
    queue.put((rest, batches(it)))


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("taken", [0, 5])
def test_a_forked_child_goes_on_by_itself(taken):
    expected = epochs(make(label_csv="t.csv", label_shape=3), 2)
    it = make(label_csv="t.csv", label_shape=3)
    for _ in range(taken):
        next(it)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=in_child, args=(it, queue))
    child.start()
    assert queue.get(timeout=60) == (expected[0][taken:], expected[1])
    child.join(60)
    assert child.exitcode == 0 and batches(it) == expected[0][taken:]


def test_many_iterators_at_once():
    expected, results = epochs(make()), []

    def work():
        for _ in range(3):
            results.append(epochs(make()))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert results == [expected] * 12


def test_files_that_go_or_change():
    it = make(data_csv="a.csv;b.csv", batch_size=10, prefetch_buffer=1)
    os.remove("b.csv")
    with pytest.raises(mx.MXNetError, match=r"data_csv b.csv cannot be read: No such file"):
        batches(it)
    it = make(data_csv="a.csv", label_csv="t.csv", label_shape=3, batch_size=10, prefetch_buffer=1)
    os.truncate("a.csv", 0)
    with pytest.raises(mx.MXNetError, match=r"as many rows; a.csv ends after [0-9]+, the other"):
        batches(it)
    it.reset()
    with pytest.raises(mx.MXNetError, match=r"data_csv a.csv has no rows"):
        next(it)


def test_memory_holds_blocks_not_the_file():
    """A file of 120 MB takes 20 MB at most."""
    with open("t.csv", "wb") as file:
        for _ in range(120):
            file.write((b"1" * 9 + b",22,3\n") * (1 << 16))
    done = run("import mxlite as mx, resource\n"
               "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
               "i = mx.io.CSVIter(PATH, (3,), batch_size=8192)\n"
               "before = peak()\n"
               "count = sum(8192 - batch.pad for batch in i)\n"
               "print(count, peak() - before)")
    count, grown = map(int, done.stdout.split())
    kilobytes = grown / 1024 if sys.platform == "darwin" else grown
    assert count == 120 << 16 and kilobytes < 20_000
