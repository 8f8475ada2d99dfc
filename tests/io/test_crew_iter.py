"""Iterators whose batches threads make: passes, resets, ends, forks."""

import multiprocessing
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import recordio
from mxlite._dataio.image_records import ImageRecords

sys.path.insert(0, str(Path(__file__).parent))
from image_cases import SHAPE, write_records
from thread_count import threads, wait_for_threads

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_records(recordio, tmp_path_factory.mktemp("images") / "a")


def make(path, **settings):
    return mx.io.ImageRecordIter(**{"path_imgrec": path, "data_shape": SHAPE, "batch_size": 4,
                                    "shuffle": True, "seed": 5, "rand_mirror": True, **settings})


def labels(iterator):
    return [batch.label[0].asnumpy().tolist() for batch in iterator]


def test_a_kept_batch_stays_as_it_was(path):
    iterator = make(path, shuffle=False)
    kept = iterator.next().data[0]
    before = kept.asnumpy()
    for _ in range(5):
        iterator.reset()
        for _ in iterator:
            pass
    np.testing.assert_array_equal(kept.asnumpy(), before)


@pytest.mark.parametrize("round_batch", [False, True])
@pytest.mark.parametrize("prefetch", [1, 2, 7])
def test_passes_do_not_depend_on_what_was_made_ahead(path, round_batch, prefetch):
    def passes(iterator):
        seen = []
        for _ in range(4):
            seen.append(labels(iterator))
            iterator.reset()
        iterator.next()
        iterator.reset()               # in the middle
        return [*seen, labels(iterator)]

    want = passes(make(path, round_batch=round_batch))
    assert passes(make(path, round_batch=round_batch, prefetch_buffer=prefetch)) == want
    epochs = {tuple(sorted(np.ravel(one).tolist())) for one in want}
    assert epochs and all({0, 10, 20, 30, 40, 50} >= set(one) for one in epochs)


def test_every_pass_has_every_image(path):
    """With round_batch, those that filled the last batch of the pass before count for the next."""
    iterator = make(path)
    for _ in range(2):
        first = list(iterator)
        iterator.reset()
        second = list(iterator)
        iterator.reset()
        seen = np.concatenate([batch.label[0].asnumpy() for batch in [*first, *second]])
        assert sorted(seen) == sorted([0, 10, 20, 30, 40, 50] * 2)
        assert [batch.pad for batch in first] == [0, 2] and [batch.pad for batch in second] == [0]


def test_without_round_batch_each_pass_begins_anew(path):
    iterator = make(path, round_batch=False, shuffle=False)
    for _ in range(3):
        batches = list(iterator)
        assert [batch.pad for batch in batches] == [0, 2]
        assert np.concatenate([batch.label[0].asnumpy() for batch in batches])[:6].tolist() == [
            0, 10, 20, 30, 40, 50]
        iterator.reset()


def test_a_reset_before_the_first_batch_changes_nothing(path):
    iterator = make(path)
    iterator.reset()
    assert labels(iterator) == labels(make(path))


def test_a_batch_larger_than_the_file_is_filled_up(path):
    batch = make(path, batch_size=16, shuffle=False).next()
    assert batch.pad == 10
    assert batch.label[0].asnumpy().tolist() == [0, 10, 20, 30, 40, 50] * 2 + [0, 10, 20, 30]


def test_the_end_is_told_until_the_reset(path):
    iterator = make(path)
    assert len(list(iterator)) == 2
    for _ in range(3):
        with pytest.raises(StopIteration):
            iterator.next()
    iterator.reset()
    assert iterator.iter_next()


def test_dropping_iterators_ends_their_threads(path):
    before = threads()
    for _ in range(20):
        iterator = make(path, preprocess_threads=8)
        iterator.next()
        del iterator
    assert wait_for_threads(before) <= before


def test_iterators_in_a_cycle_are_collected(path):
    before = threads()
    for _ in range(5):
        iterator = make(path)
        iterator.itself = iterator
        del iterator
    assert wait_for_threads(before) <= before


def test_a_closed_iterator_says_so(path):
    iterator = make(path)
    iterator.close()
    iterator.close()
    with pytest.raises(mx.MXNetError, match="the iterator is closed"):
        iterator.next()


@pytest.mark.parametrize("end", ["", "raise SystemExit", "i.next()", "import os; os._exit(0)"])
def test_the_interpreter_ends_with_a_live_iterator(path, end):
    """PNG images are decoded with the GIL, for which a thread may be waiting then."""
    code = (f"import mxlite as mx; i = mx.io.ImageRecordIter({path!r}, {SHAPE}, 64, "
            f"preprocess_threads=4); j = i; {end}")
    done = subprocess.run([sys.executable, "-c", code], timeout=60, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


def test_ctrl_c_gets_through(path):
    code = ("import mxlite as mx, _thread, signal, threading; "
            "signal.signal(signal.SIGINT, signal.default_int_handler); "    # ignored in a job
            f"i = mx.io.ImageRecordIter({path!r}, {SHAPE}, 100000, resize=3000, prefetch_buffer=1);"
            "threading.Timer(0.3, _thread.interrupt_main).start()\n"
            "try: i.next()\n"
            "except KeyboardInterrupt: print('interrupted')")
    done = subprocess.run([sys.executable, "-c", code], timeout=100, capture_output=True, text=True)
    assert done.stdout == "interrupted\n", done.stderr


def in_child(iterator, queue):
    first = labels(iterator)
    iterator.reset()
    queue.put((first, labels(iterator)))


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_goes_on_by_itself(path):
    want = []
    in_child(make(path), type("Queue", (), {"put": want.append}))
    iterator = make(path)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=in_child, args=(iterator, queue))
    child.start()
    assert queue.get(timeout=60) == want[0]
    child.join(60)
    assert child.exitcode == 0 and labels(iterator) == want[0][0]


def test_many_iterators_at_once(path):
    want, results = labels(make(path)), []

    def work():
        for _ in range(5):
            results.append(labels(make(path)))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert results == [want] * 20


def test_a_crew_refuses_what_it_cannot_do(path):
    settings = dict.fromkeys((
        "resize inter_method max_rotate_angle rotate max_shear_ratio min_random_scale brightness "
        "max_random_scale min_img_size max_img_size fill_value pad rand_crop random_resized_crop "
        "min_random_area max_random_area contrast saturation pca_noise random_h random_s random_l "
        "mirror rand_mirror max_random_contrast max_random_illumination scale").split(), 1)
    settings |= {"data_shape": SHAPE, "aspect_ratio": (1, 1), "crop_size": (-1, -1),
                 "mean": [0] * 4, "std": [1] * 4}
    crew = ImageRecords([path], np.zeros(1, np.int64), settings, None, None, "float32", 1, None, 0,
                        1, 1)
    assert crew.num_threads == 1 and crew.has_room
    with pytest.raises(mx.MXNetError, match="a crew without batches has none to take"):
        crew.take()
