"""What wrong_types.py calls of the data pipeline: mx.io, mx.image, mx.recordio, gluon.data.

An iterator is asked for a batch, a dataset for an item, and an augmenter is called, so that values
which a constructor takes are used, too.
"""

import inspect
import struct
from itertools import islice
from pathlib import Path

import numpy as np

import mxlite as mx
from mxlite import nd, recordio
from mxlite.gluon import data
from mxlite.gluon.data.vision import transforms

NAMES = ("io.", "image.", "recordio.", "gluon.data.")
MODULES = {"io": mx.io, "image": mx.image, "recordio": recordio, "gluon.data": data,
           "gluon.data.batchify": data.batchify, "gluon.data.vision": data.vision,
           "gluon.data.vision.transforms": transforms}
IMAGE = np.arange(96 * 3, dtype=np.uint8).reshape(8, 12, 3)
BOXES = np.array([[0, 0.1, 0.1, 0.8, 0.9]], np.float32)


def write_files(folder):
    """The files that GOOD names."""
    with recordio.MXIndexedRecordIO(f"{folder}/a.idx", f"{folder}/a.rec", "w") as file:
        for key in range(4):
            header = recordio.IRHeader(0, [2, 5, key, 0.1, 0.1, 0.8, 0.9], key, 0)
            file.write_idx(key, recordio.pack_img(header, IMAGE, img_fmt=".png"))
    for name, text in (("a.lst", "".join(f"{key}\t2\t5\t1\t0\t0\t1\t1\ta.png\n"
                                         for key in range(4))),
                       ("a.csv", "1,2\n3,4\n"), ("a.svm", "1 0:2\n3 1:4\n")):
        Path(folder, name).write_text(text)
    Path(folder, "a.png").write_bytes(recordio.unpack(recordio.pack_img(
        recordio.IRHeader(0, 1, 1, 0), IMAGE, img_fmt=".png"))[1])
    for name, magic, size in (("images", 2051, 3 * 28 * 28), ("labels", 2049, 3)):
        head = struct.pack(">II", magic, 3) + (struct.pack(">II", 28, 28) if size > 3 else b"")
        Path(folder, name).write_bytes(head + bytes(size))
    Path(folder, "class").mkdir()
    Path(folder, "class", "a.png").write_bytes(Path(folder, "a.png").read_bytes())


def image():
    return nd.array(IMAGE)


def dataset():
    return data.ArrayDataset(np.arange(6.0), np.arange(6.0))


def samples():
    return [np.ones(3), np.ones(3)]


def png():
    return Path("a.png").read_bytes()


def packed():
    return recordio.pack_img(recordio.IRHeader(0, 1.0, 1, 0), IMAGE, img_fmt=".png")


def batches():
    return mx.io.NDArrayIter(np.ones((4, 2)), np.ones(4), 2)


# values that an argument takes, by its name, or by that of the function and its own
GOOD = {
    "DataBatch.data": lambda: [nd.ones((2, 3))], "NDArrayIter.data": lambda: np.ones((4, 2)),
    "SimpleDataset.data": lambda: [1, 2, 3], "default_batchify_fn.data": samples,
    "MNISTIter.image": lambda: "images", "MNISTIter.label": lambda: "labels",
    "MXRecordIO.flag": lambda: "r", "MXIndexedRecordIO.flag": lambda: "r",
    "RecordFileDataset.filename": lambda: "a.rec", "ImageRecordDataset.filename": lambda: "a.rec",
    "RandomResizedCrop.scale": lambda: (0.5, 1.0), "Normalize.std": lambda: 2.0,
    "Group.fn": data.batchify.Stack, "Tuple.fn": data.batchify.Stack, "IRHeader.label": lambda: 1.0,
    "ResizeIter.size": lambda: 3, "resize_short.size": lambda: 4, "ResizeAug.size": lambda: 4,
    "FilterSampler.fn": lambda: callable, "Group.*": data.batchify.Stack,
    "Tuple.*": data.batchify.Stack, "ArrayDataset.*": lambda: np.ones((4, 2)),
    "dtype": lambda: "float32", "CSVIter.data_shape": lambda: (2,),
    "LibSVMIter.data_shape": lambda: (2,),
    "alpha": lambda: 0.1, "alphastd": lambda: 0.1, "angle_limits": lambda: (-10, 10),
    "area": lambda: (0.5, 1.0), "aug_list": list, "augmenter": mx.image.CastAug,
    "batch_size": lambda: 2, "bot": lambda: 1, "brightness": lambda: 0.1, "buf": png,
    "contrast": lambda: 0.1, "data_csv": lambda: "a.csv", "data_iter": batches,
    "data_libsvm": lambda: "a.svm", "data_shape": lambda: (3, 4, 4), "dataset": dataset,
    "eigval": lambda: np.ones(3), "eigvec": lambda: np.eye(3), "filename": lambda: "a.png",
    "flag": lambda: 0, "fn": lambda: float, "h": lambda: 4, "header": lambda: recordio.IRHeader(
        0, 1.0, 1, 0), "height": lambda: 4, "hue": lambda: 0.1, "id": lambda: 1, "id2": lambda: 0,
    "idx_path": lambda: "a.idx", "img": lambda: IMAGE, "interval": lambda: 2, "iters": batches,
    "left": lambda: 1, "length": lambda: 4, "mat": lambda: IMAGE, "mean": lambda: 1.0,
    "name": lambda: "data", "p": lambda: 0.5, "path_imgrec": lambda: "a.rec",
    "ratio": lambda: (0.5, 2.0), "right": lambda: 1, "root": lambda: ".",
    "rotation_degrees": lambda: 10.0, "s": packed, "sampler": lambda: [0, 1],
    "saturation": lambda: 0.1, "shape": lambda: (2, 3), "size": lambda: (4, 4), "src": image,
    "src_size": lambda: (12, 8), "std": lambda: 2.0, "top": lambda: 1, "transforms": list,
    "ts": list, "typ": lambda: "float32", "uri": lambda: "a.rec", "w": lambda: 4,
    "width": lambda: 4, "x": lambda: 0, "x0": lambda: 0, "y": lambda: 0, "y0": lambda: 0,
}
# classes whose instances are not used, for what they do is a subclass's
BASES = {"DataIter", "MXDataIter", "Dataset", "Sampler", "Augmenter", "DetAugmenter"}
# what an argument with a default must have for the call to succeed
GIVEN = {
    "CSVIter": {"batch_size": 2}, "LibSVMIter": {"batch_size": 2},
    "ImageIter": {"path_imgrec": "a.rec", "label_width": 7},
    "ImageDetIter": {"path_imgrec": "a.rec"},
    "MNISTIter": {"image": "images", "label": "labels", "batch_size": 2},
    **{name: {"label_width": 7, "verbose": False} for name in (
        "ImageRecordIter", "ImageRecordUInt8Iter", "ImageRecordInt8Iter")},
    "ImageDetRecordIter": {"verbose": False}, "DataLoader": {"batch_size": 2},
    "ImageListDataset": {"imglist": "a.lst"},
}
# functions of modules that are no part of the API; data sets that are fetched; aliases
LEFT_OUT = {"check_count", "checks_types", "array_of", "dtype_of", "dtype_name", "parts", "stack",
            "MNIST", "FashionMNIST", "CIFAR10", "CIFAR100", "ImageRecordIter_v1",
            "ImageRecordUInt8Iter_v1", "List", "Tuple"}
CLEAR = (mx.MXNetError, MemoryError, StopIteration)
# a function that raises an error of its own, and a dict that is a data set without an item 0
OWN_ERRORS = ("value 16 ", "value 18 ", "= value 16", "= value 18")


def targets():
    """{name: function that makes the callable} of all that is called."""
    found = {}
    for path, module in MODULES.items():
        for name in dir(module):
            value = getattr(module, name)
            if is_meant(name, value):
                found[f"{path}.{name}"] = lambda value=value: value
    return found


def is_meant(name, value):
    """Whether a name of a module is a class or a function of its own that users call."""
    if name.startswith("_") or name in LEFT_OUT or not getattr(
            value, "__module__", "").startswith("mxlite"):
        return False
    return inspect.isfunction(value) or (
        inspect.isclass(value) and not issubclass(value, Exception))


def good(function, argument):
    """A function that makes a value that the argument takes."""
    name = f"{function.rpartition('.')[2]}.{argument}"
    return GOOD.get(name, GOOD.get(argument, lambda: nd.ones((2, 3))))


def given(function):
    """Values of arguments with a default, by name."""
    name = function.rpartition(".")[2]
    return GIVEN.get(name, {}) if function.startswith(NAMES) else {}


def is_clear(text, error):
    """Whether an error is one of ours, or Python's for a call that does not fit the signature."""
    if isinstance(error, CLEAR) or any(own in text for own in OWN_ERRORS):
        return True
    return isinstance(error, TypeError) and any(
        part in str(error) for part in ("missing", "takes no arguments", "positional argument"))


def use(result):
    """Do with what a call gave what a program would do first."""
    if type(result).__name__ in BASES:
        return
    if isinstance(result, nd.NDArray):
        result.asnumpy()
    elif isinstance(result, mx.io.DataIter):
        result.next()
        getattr(result, "close", int)()
    elif isinstance(result, data.DataLoader):
        list(islice(result, 2))
        len(result)
    elif isinstance(result, data.Sampler):
        list(islice(result, 3))
        len(result)
    elif isinstance(result, data.Dataset):
        if len(result):
            result[0]
    elif isinstance(result, mx.image.Augmenter | mx.gluon.Block):
        result(image())
    elif isinstance(result, mx.image.DetAugmenter):
        result(image(), BOXES)
    elif type(result).__module__ == data.batchify.__name__:
        result([(sample, sample) for sample in samples()]
               if type(result).__name__ in ("Group", "Tuple") else samples())
    elif isinstance(result, recordio.MXRecordIO):
        result.read()
        result.close()
