"""Threads of a DataLoader each have a copy of what a dataset may change: no sample is wrong."""

import functools
import io
import time
import warnings
import zipfile

import numpy as np
import pytest

import mxlite as mx
from mxlite.gluon import data
from mxlite.gluon.data.loader_copies import Copies
from mxlite.gluon.data.making import Maker

COUNT = 48


class Slow(data.Dataset):
    """Gives way to other threads in the middle of a sample."""

    def __len__(self):
        return COUNT

    def pause(self):
        time.sleep(0.0005)


class Scratch(Slow):
    def __init__(self):
        self.buffer = np.zeros((3, 4))

    def __getitem__(self, idx):
        self.buffer[:] = idx
        self.pause()
        return self.buffer.copy()


class ScratchNDArray(Scratch):
    def __init__(self):
        self.buffer = mx.nd.zeros((3, 4))


class ScratchAttribute(Slow):
    def __getitem__(self, idx):
        self.current = idx
        self.pause()
        return np.full((3, 4), self.current)


class ScratchView(Slow):
    """Writes to an array, and reads a part of it."""

    def __init__(self, part):
        self.buffer = np.zeros((6, 8))
        self.part = self.buffer[part]

    def __getitem__(self, idx):
        self.buffer[:] = idx
        self.pause()
        return self.part.copy()


class ScratchNDArrayView(ScratchView):
    """The whole comes first, or the part does, which cannot be copied."""

    def __init__(self, is_part_first=False):
        buffer = mx.nd.zeros((6, 8))
        if is_part_first:
            self.part = buffer[2:4]
        self.buffer = buffer
        self.part = buffer[2:4]


class OpenFile(Slow):
    def __init__(self, path):
        self.file = open(path, "rb")  # noqa: SIM115

    def __getitem__(self, idx):
        self.file.seek(idx)
        self.pause()
        return self.file.read(1)[0]


class OpenText(OpenFile):
    """Cannot be copied where it has carriage returns, for it does not tell how it reads them."""

    def __init__(self, path):
        self.file = open(path, encoding="latin-1", newline="")  # noqa: SIM115

    def __getitem__(self, idx):
        self.file.seek(idx)
        self.pause()
        return ord(self.file.read(1))


class OpenZip(Slow):
    def __init__(self, path):
        self.file = zipfile.ZipFile(path)

    def __getitem__(self, idx):
        self.last = self.file.read(f"{idx}")
        self.pause()
        return int(self.last)


class Records(Slow):
    """Reads a record file by seeking."""

    def __init__(self, path):
        self.file = mx.recordio.MXIndexedRecordIO(f"{path}.idx", f"{path}.rec", "r")

    def __getitem__(self, idx):
        self.file.seek(idx)
        self.pause()
        return int(self.file.read())


class Numbers(Slow):
    def __getitem__(self, idx):
        return float(idx)


def in_threads(dataset, **options):
    return data.DataLoader(dataset, 4, num_workers=4, **options)


def values(loader):
    return np.concatenate([batch.asnumpy().reshape(batch.shape[0], -1) for batch in loader])


def assert_right(dataset, **options):
    got = values(in_threads(dataset, **options))
    np.testing.assert_array_equal(got, np.arange(COUNT)[:, None] + np.zeros_like(got))


def scratch_in_a_closure():
    buffer = np.zeros(3)

    def transform(value):
        buffer[:] = value
        time.sleep(0.0005)
        return buffer.copy()

    return transform


def scratch_in_a_default(value, buffer=[0]):  # noqa: B006
    buffer[0] = value
    time.sleep(0.0005)
    return buffer[0]


class ScratchCall:
    def __call__(self, value):
        self.value = value
        time.sleep(0.0005)
        return self.value


PARTS = [np.s_[2:4, 1:3], np.s_[::-1, ::-2], np.s_[3], np.s_[1:5:3]]


@pytest.mark.parametrize("make", [
    Scratch, ScratchNDArray, ScratchAttribute, *[functools.partial(ScratchView, p) for p in PARTS],
    ScratchNDArrayView, lambda: Scratch().take(COUNT), lambda: data.SimpleDataset(Scratch()),
    lambda: Numbers().transform(scratch_in_a_closure()),
    lambda: Numbers().transform(scratch_in_a_default), lambda: Numbers().transform(ScratchCall()),
    lambda: Numbers().transform(functools.partial(scratch_in_a_closure())),
    lambda: data.ArrayDataset(np.arange(COUNT)).transform_first(ScratchCall()),
])
def test_what_a_sample_overwrites(make):
    assert_right(make())


def test_a_part_before_its_whole():
    with pytest.warns(UserWarning, match="cannot be copied .*an NDArray is a part of another"):
        assert_right(ScratchNDArrayView(is_part_first=True))


def test_a_batchify_fn_that_overwrites():
    buffer = np.zeros(4)

    def batchify(samples):
        buffer[:] = samples
        time.sleep(0.0005)
        return mx.nd.array(buffer)

    assert_right(Numbers(), batchify_fn=batchify)


def test_open_files(tmp_path):
    (tmp_path / "bytes").write_bytes(bytes(range(COUNT)))
    with zipfile.ZipFile(tmp_path / "zip", "w") as file:
        for i in range(COUNT):
            file.writestr(f"{i}", f"{i}")
    with mx.recordio.MXIndexedRecordIO(f"{tmp_path}/a.idx", f"{tmp_path}/a.rec", "w") as file:
        for i in range(COUNT):
            file.write_idx(i, b"%d" % i)
    for dataset in (OpenFile(tmp_path / "bytes"), OpenZip(tmp_path / "zip"),
                    Records(tmp_path / "a")):
        assert_right(dataset)
        dataset.file.close()


def test_what_cannot_be_copied_is_used_by_one_thread_at_a_time(tmp_path):
    (tmp_path / "bytes").write_bytes(bytes(range(COUNT)))
    dataset = OpenText(tmp_path / "bytes")
    with dataset.file, pytest.warns(
            UserWarning, match="DataLoader: the dataset or batchify_fn cannot be copied for each "
                               "thread .*, so the threads take samples one at a time"):
        assert_right(dataset)
    gone = tmp_path / "gone"
    gone.write_bytes(bytes(range(COUNT)))
    dataset = OpenFile(gone)
    gone.unlink()
    with pytest.warns(UserWarning, match="cannot be copied .*FileNotFoundError"):
        loader = in_threads(dataset)
        assert values(loader)[:, 0].tolist() == list(range(COUNT))
    with warnings.catch_warnings():
        warnings.simplefilter("error")                 # it warned once
        assert values(loader)[:, 0].tolist() == list(range(COUNT))
    dataset.file.close()


def test_a_batchify_fn_is_used_by_one_thread_at_a_time_with_what_cannot_be_copied():
    class Uncopied(Numbers):
        unpicklable = None

        def __getstate__(self):
            raise TypeError("no copies")

    last = []

    def batchify(samples):
        last[:] = samples
        time.sleep(0.0005)
        return mx.nd.array(last)

    with pytest.warns(UserWarning, match="TypeError: no copies"):
        assert_right(Uncopied(), batchify_fn=batchify)


def test_an_error_in_a_copy():
    class Failing(Scratch):
        def __getitem__(self, idx):
            if idx == 9:
                raise KeyError("nine")
            return super().__getitem__(idx)

    loader = iter(in_threads(Failing()))
    for first in (0, 4):
        assert next(loader)[0].asnumpy()[0, 0] == first
    with pytest.raises(KeyError, match="nine") as caught:
        next(loader)
    assert caught.value.__notes__ == ["DataLoader: raised by sample 9 of the dataset, in batch 2 "
                                      "(samples 8, 9, 10, 11)"]


def test_functions_keep_what_they_are():
    def count(n):
        return 0 if n == 0 else 1 + count(n - 1)       # a closure that holds itself

    count.note = "kept"
    loader = in_threads(Numbers().transform(lambda n: count(int(n))))
    assert values(loader)[:, 0].tolist() == list(range(COUNT))

    def later():
        return unset

    with pytest.raises(NameError, match="unset"):
        list(in_threads(Numbers().transform(lambda n: later())))
    if len(loader) < 0:
        unset = 1


def test_threads_that_end_leave_no_file_open(tmp_path):
    (tmp_path / "bytes").write_bytes(bytes(range(COUNT)))
    dataset = OpenFile(tmp_path / "bytes")
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        assert_right(dataset)
    assert isinstance(dataset.file, io.BufferedReader) and not dataset.file.closed
    dataset.file.close()


def test_the_loader_stays_usable_in_a_closed_epoch():
    loader = in_threads(Scratch())
    epoch = iter(loader)
    next(epoch)
    np.testing.assert_array_equal(values(loader)[:, 0], np.arange(COUNT))
    assert next(epoch).asnumpy()[0, 0, 0] == 4
    epoch.close()


def test_our_own_functions_are_shared():
    """So the default batchify_fn is known as such, and takes whole batches."""
    taken = []

    class Counted(data.ArrayDataset):
        def __getitem__(self, idx):
            return super().__getitem__(idx)

        def batch(self, indices):
            taken.append(len(indices))
            return super().batch(indices)

    loader = in_threads(Counted(np.arange(float(COUNT)), np.arange(COUNT)))
    for numbers, _ in loader:
        assert numbers.shape == (4,)
    assert taken == [4] * (COUNT // 4)
    transform = data.SimpleDataset(list(range(COUNT))).transform(mx.image.scale_down)
    copies = Copies(Maker(transform, data.default_batchify_fn), 2)
    copies.refresh()
    for maker in copies.makers:
        assert maker._batchify_fn is data.default_batchify_fn
        assert maker.dataset._fn is mx.image.scale_down
