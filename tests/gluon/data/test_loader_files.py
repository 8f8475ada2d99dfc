"""Datasets that hold an open text file: each thread of a DataLoader opens it again."""

import warnings

import numpy as np
import pytest

from mxlite.gluon import data

COUNT = 40


class Lines(data.Dataset):
    """Seeks in one open file and reads a number."""

    def __init__(self, path, numbers, **options):
        self.places = []
        with open(path, **options) as file:
            for _ in numbers:
                self.places.append(file.tell())
                file.readline()
        self.file = open(path, **options)  # noqa: SIM115

    def __len__(self):
        return len(self.places)

    def __getitem__(self, idx):
        self.file.seek(self.places[idx])
        for _ in range(20):                        # other threads have their turn in between
            place = self.file.tell()
            line = self.file.readline()
            self.file.seek(place)
        return float(line.split()[1])


@pytest.fixture
def make(tmp_path):
    def make(end="\n", encoding="utf-8", **options):
        numbers = np.arange(COUNT) * 3.5
        text = "".join(f"größe {number}{end}" for number in numbers)
        (tmp_path / "numbers").write_bytes(text.encode(encoding))
        dataset = Lines(tmp_path / "numbers", numbers, encoding=encoding, **options)
        return dataset, numbers
    return make


def values(dataset, **options):
    loader = data.DataLoader(dataset, 3, num_workers=4, **options)
    return np.concatenate([batch.asnumpy() for batch in loader])


@pytest.mark.parametrize("options", [
    {}, {"encoding": "latin-1"}, {"encoding": "utf-16-le"}, {"newline": ""}, {"newline": "\n"},
    {"errors": "replace"}])
def test_each_thread_reads_its_own_file(make, options):
    dataset, numbers = make(**options)
    with warnings.catch_warnings():
        warnings.simplefilter("error")             # nothing is shared, and no copy is left open
        np.testing.assert_array_equal(values(dataset), numbers)
    assert not dataset.file.closed
    dataset.file.close()


def test_a_file_with_carriage_returns_is_taken_by_one_thread_at_a_time(make):
    """It does not tell whether they are ends of lines."""
    for options in ({}, {"newline": ""}):
        dataset, numbers = make(end="\r\n", **options)
        with pytest.warns(UserWarning, match="an open text file, .*numbers', has carriage retu"):
            np.testing.assert_array_equal(values(dataset), numbers)
        dataset.file.close()


def test_a_copy_begins_where_the_file_is(make):
    """A sample may be what comes next: here the first lines of each copy."""
    class Next(Lines):
        def __getitem__(self, idx):
            return float(self.file.readline().split()[1])

    dataset, numbers = make()
    dataset.__class__ = Next
    dataset.file.readline()
    loader = data.DataLoader(dataset, COUNT // 4, num_workers=1)
    np.testing.assert_array_equal(next(iter(loader)).asnumpy(), numbers[1:1 + COUNT // 4])
    assert dataset.file.readline() == "größe 3.5\n"
    dataset.file.close()


def test_a_file_that_changed_is_looked_at_again(make):
    dataset, numbers = make()
    np.testing.assert_array_equal(values(dataset), numbers)
    dataset.file.close()
    dataset, numbers = make(end="\r\n")
    with pytest.warns(UserWarning, match="carriage returns"):
        np.testing.assert_array_equal(values(dataset), numbers)
    dataset.file.close()
