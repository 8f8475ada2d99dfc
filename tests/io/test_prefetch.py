"""PrefetchingIter; batches and descriptions read off MXNet 1.9.1. What could hang has a limit."""

import gc
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest

import mxlite as mx
from mxlite.io import DataBatch, DataDesc, DataIter, NDArrayIter, PrefetchingIter

pytestmark = pytest.mark.timeout(60)


def source(count=7, batch_size=3):
    return NDArrayIter(np.arange(count), np.arange(count), batch_size)


def epoch(it):
    batches = [(batch.data[0].asnumpy().astype(int).tolist(), batch.pad) for batch in it]
    it.reset()
    return batches


EPOCH = [([0, 1, 2], 0), ([3, 4, 5], 0), ([6, 0, 1], 2)]


class Script(DataIter):
    """Gives what the script says at each `next`: a number, an error, or a function to call."""

    provide_data = [DataDesc("data", (1,))]
    provide_label = []

    def __init__(self, *script, reset_error=None):
        super().__init__(1)
        self.script, self.place, self.reset_error = script, 0, reset_error

    def reset(self):
        self.place = 0
        if self.reset_error:
            raise self.reset_error

    def next(self):
        if self.place == len(self.script):
            raise StopIteration
        self.place += 1
        step = self.script[self.place - 1]
        if isinstance(step, BaseException):
            raise type(step)(*step.args)     # anew: an error kept would keep who saw it
        return DataBatch([step() if callable(step) else step], None, 0)


def threads():
    return [t for t in threading.enumerate() if t.name == "mxlite-prefetch"]


def test_epochs():
    it = PrefetchingIter(source())
    assert [epoch(it) for _ in range(3)] == [EPOCH] * 3
    assert (it.batch_size, it.n_iter) == (3, 1)
    list(it)
    assert [it.iter_next() for _ in range(3)] == [False] * 3
    with pytest.raises(StopIteration):
        it.next()


def test_several_iterators():
    it = PrefetchingIter([source(), source()])
    assert it.provide_data == [("data", (3,))] * 2 and it.n_iter == 2
    assert it.current_batch is None and it.iter_next()
    assert len(it.getdata()) == len(it.getlabel()) == 2
    assert it.getpad() == 0 and it.getindex() is None
    shapes = [(3,), (3,)]
    assert str(it.current_batch) == f"DataBatch: data shapes: {shapes} label shapes: {shapes}"
    assert it.current_batch.provide_data == it.provide_data


def test_renaming():
    it = PrefetchingIter([source(), source()], [{"data": "d1"}, {"data": "d2"}],
                         [{"softmax_label": "l1"}, {"softmax_label": "l2"}])
    assert it.provide_data == [("d1", (3,)), ("d2", (3,))]
    assert it.provide_label == [("l1", (3,)), ("l2", (3,))]
    assert it.next().provide_data == it.provide_data


@pytest.mark.parametrize("taken", [0, 1, 2, 3])
def test_reset_at_any_time(taken):
    it = PrefetchingIter([source(), source()])
    for _ in range(taken):
        it.next()
    it.reset()
    assert epoch(it) == EPOCH


def test_a_batch_is_made_ahead_and_only_one():
    is_made = [threading.Event() for _ in range(3)]
    it = PrefetchingIter(Script(*[event.set for event in is_made]))
    assert is_made[0].wait(30) and not is_made[1].is_set()
    it.next()
    assert is_made[1].wait(30) and not is_made[2].is_set()


def test_an_error_is_raised_where_its_batch_would_come():
    """As the iterator alone would: batches before come out, and it may go on after it."""
    it = PrefetchingIter(Script(1, OSError("disk"), 3))
    assert it.next().data == [1]
    with pytest.raises(OSError, match="disk"):
        it.next()
    assert it.next().data == [3]
    with pytest.raises(StopIteration):
        it.next()
    it.reset()
    assert it.next().data == [1]


def test_an_error_made_ahead_is_dropped_by_a_reset():
    it = PrefetchingIter(Script(1, KeyError("x")))
    for _ in range(3):
        assert it.next().data == [1]
        it.reset()


def test_an_error_of_one_iterator_keeps_the_others_in_step():
    it = PrefetchingIter([Script(1, ValueError("bad"), 2), Script(1, 2)])
    assert it.next().data == [1, 1]
    with pytest.raises(ValueError, match="bad"):
        it.next()
    assert it.next().data == [2, 2]


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), MemoryError("much")])
def test_no_error_ends_the_thread(error):
    it = PrefetchingIter(Script(error, 2))
    with pytest.raises(type(error)):
        it.next()
    assert it.next().data == [2]


def test_an_error_of_reset():
    it = PrefetchingIter([Script(1, reset_error=OSError("gone")), Script(1)])
    for _ in range(2):
        with pytest.raises(OSError, match="gone"):
            it.reset()


def test_an_interrupt_while_a_reset_is_waited_for():
    it = PrefetchingIter(source())
    it.next()
    it._ahead[0].begin_reset()                     # and its end does not come to be waited for
    assert epoch(it) == EPOCH


@pytest.mark.parametrize("use", [lambda it: None, lambda it: it.next(), lambda it: list(it),
                                 lambda it: it.reset()])
def test_early_del_ends_the_threads(use):
    before = threads()
    gc.collect()
    gc.disable()
    try:
        it = PrefetchingIter([source(), source()])
        use(it)
        assert len(threads()) == len(before) + 2
        del it
        assert len(threads()) <= len(before)
    finally:
        gc.enable()


def test_del_after_an_error_ends_the_thread():
    gc.collect()
    before = len(threads())
    it = PrefetchingIter(Script(OSError("disk")))
    with pytest.raises(OSError):
        it.next()
    del it
    gc.collect()
    assert len(threads()) <= before


def test_many_early_ends():
    gc.collect()
    before = len(threads())
    for i in range(300):
        it = PrefetchingIter(PrefetchingIter(source()))
        for _ in range(i % 4):
            it.iter_next()
        if i % 3:
            it.reset()
    del it
    gc.collect()
    assert len(threads()) <= before


@pytest.mark.parametrize("make, error, message", [
    (lambda: PrefetchingIter([]), ValueError, r"iters must have at least one iterator; got \[\]"),
    (lambda: PrefetchingIter([source()], rename_data=[{"x": "y"}]), KeyError,
     r"PrefetchingIter: rename_data\[0\] must have 'data', a name of that iterator; it has 'x'"),
    (lambda: PrefetchingIter([source()], rename_label=[{}, {}]), ValueError,
     "rename_label must have one dict for each of the 1 iterators; got \\[{}, {}\\]"),
])
def test_bad_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_iterators_that_do_not_go_together():
    with pytest.raises(mx.MXNetError, match="as many batches; number 1 has ended before"):
        list(PrefetchingIter([source(6), source(3)]))
    with pytest.raises(mx.MXNetError, match="must have the same pad; got 0, 2"):
        list(PrefetchingIter([source(6), source(4)]))


def run(code):
    """Exit status, what was printed, errors of a Python of its own; it must end by itself."""
    head = ("import os, sys, time\nimport numpy as np\nimport mxlite as mx\n"
            "from mxlite.io import *\nimport mxlite.io.prefetch as prefetch\n"
            "def source(): return NDArrayIter(np.arange(7), np.arange(7), 3)\n")
    done = subprocess.run([sys.executable, "-c", head + textwrap.dedent(code)],
                          capture_output=True, text=True, timeout=50)
    return done.returncode, done.stdout.strip(), done.stderr


@pytest.mark.parametrize("code", [
    "it = PrefetchingIter(source()); it.next(); print('end')",
    "it = PrefetchingIter(PrefetchingIter(source())); print('end')",
    "it = PrefetchingIter(source()); it.me = it; it.next(); print('end')",
])
def test_the_end_of_python_is_clean(code):
    assert run(code) == (0, "end", "")


def test_the_end_of_python_does_not_wait_for_a_stuck_iterator():
    assert run("""
        class Stuck(DataIter):
            provide_data = provide_label = []
            def next(self):
                time.sleep(10000)
        prefetch._PATIENCE = 0.1
        it = PrefetchingIter(Stuck(1))
        print('end')
    """) == (0, "end", "")


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="needs os.fork")
def test_a_fork_raises_and_does_not_wait_for_ever():
    status, printed, errors = run("""
        import warnings
        warnings.simplefilter("ignore")
        it = PrefetchingIter(source())
        it.next()
        child = os.fork()
        if child == 0:
            try:
                while True:
                    it.next()
            except mx.MXNetError as error:
                print(error, flush=True)
            os._exit(0)
        os.waitpid(child, 0)
        print(len(list(it)))
    """)
    assert (status, errors) == (0, "")
    assert printed.splitlines()[-1] == "2" and "is a fork of the one that made it" in printed
