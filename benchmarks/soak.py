"""Resident memory over a million records read by the data pipeline; exit status 1 if it grows.

    python benchmarks/soak.py [--records 1000000] [--threads 2]

Small JPEG images go through RecordIO's reader, ImageRecordIter (resize, crop, mirror, colours,
shuffled, with a reset in mid-epoch now and then) and a DataLoader with threads, a third of the
records each. Linux only: the figure is VmRSS.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import mxlite as mx
from mxlite import gluon, recordio

FILE = 20_000                        # records of the file, which is read again and again
LIMIT = 12.0    # MB from the first quarter to the end: memory of batches is kept for the next ones,
                # so the most that were ever alive at once, some 0.7 MB each, may come late


def resident():
    """MB."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


def pack(path, count):
    """So many records of 64 different images of 40 x 48 pixels."""
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (10, 12, 3), "uint8").repeat(4, 0).repeat(4, 1)
              for _ in range(64)]
    with recordio.MXIndexedRecordIO(f"{path}.idx", f"{path}.rec", "w") as file:
        for i in range(count):
            header = recordio.IRHeader(0, float(i), i, 0)
            file.write_idx(i, recordio.pack_img(header, images[i % 64], quality=80))


def read_records(path):
    """One pass of the plain reader."""
    count = 0
    with recordio.MXRecordIO(f"{path}.rec", "r") as file:
        while (record := file.read()) is not None:
            recordio.unpack(record)
            count += 1
    return count


def image_batches(path, threads):
    """A pass of ImageRecordIter on each call, and a reset in the middle of another."""
    iterator = mx.io.ImageRecordIter(
        f"{path}.rec", (3, 24, 24), 100, path_imgidx=f"{path}.idx", shuffle=True, resize=30,
        rand_crop=True, rand_mirror=True, brightness=0.2, contrast=0.2, saturation=0.2,
        preprocess_threads=threads, verbose=False)

    def run():
        count = 0
        for _ in range(10):
            count += iterator.next().data[0].shape[0]
        iterator.reset()
        for batch in iterator:
            count += batch.data[0].shape[0] - batch.pad
        iterator.reset()
        return count

    return run


def loader_batches(path, threads):
    """A pass of a DataLoader over the records on each call."""
    dataset = gluon.data.vision.ImageRecordDataset(f"{path}.rec").transform_first(
        gluon.data.vision.transforms.ToTensor())
    loader = gluon.data.DataLoader(dataset, 100, shuffle=True, num_workers=threads)
    return lambda: sum(data.shape[0] for data, _ in loader)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "soak")
        pack(path, FILE)
        sources = [lambda: read_records(path), image_batches(path, options.threads),
                   loader_batches(path, options.threads)]
        count, first = 0, None
        while count < options.records:
            count += sum(source() for source in sources)
            if first is None and count >= options.records / 4:
                first = resident()
            print(f"{count:9d} records  {resident():7.1f} MB", flush=True)
    grown = resident() - first
    print(f"grown by {grown:.2f} MB since the first quarter; at most {LIMIT} are fine")
    return int(grown > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
