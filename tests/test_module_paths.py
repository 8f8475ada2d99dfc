"""MXNet's module paths: what is here stands there too, and is the same object."""

import importlib
import subprocess
import sys

import numpy as np
import pytest

import mxlite as mx
from mxlite.gluon.data import ArrayDataset, DataLoader
from mxlite.io import DataDesc

PATHS = [
    ("io.io", "io", "DataIter DataBatch DataDesc NDArrayIter CSVIter ImageRecordIter ResizeIter"),
    ("image.image", "image", "Augmenter CreateAugmenter ImageIter imdecode scale_down"),
    ("image.detection", "image", "CreateDetAugmenter DetAugmenter ImageDetIter DetRandomPadAug"),
    ("ndarray.ndarray", "ndarray", "NDArray add arange concatenate full maximum ones split_v2 "
                                   "waitall zeros array empty moveaxis from_numpy"),
    ("ndarray.utils", "ndarray", "array empty zeros load load_frombuffer save"),
    ("ndarray.contrib", "ndarray.contrib", "boolean_mask"),
    ("contrib.ndarray", "ndarray.contrib", "boolean_mask box_nms"),
    ("contrib.symbol", "symbol.contrib", "box_nms MultiBoxPrior"),
    ("gluon.block", "gluon", "Block HybridBlock"),
    ("gluon.parameter", "gluon", "Parameter ParameterDict Constant"),
    ("gluon.nn.basic_layers", "gluon.nn", "Dense Dropout Embedding BatchNorm LayerNorm GroupNorm "
                                          "Sequential HybridSequential Lambda Flatten"),
    ("gluon.nn.conv_layers", "gluon.nn", "Conv1D Conv2D MaxPool2D AvgPool3D GlobalAvgPool2D"),
    ("gluon.contrib.data", "gluon.data", "IntervalSampler"),
    ("gluon.contrib.data.sampler", "gluon.data", "IntervalSampler"),
    ("gluon.contrib.nn.basic_layers", "gluon.contrib.nn", "Concurrent HybridConcurrent Identity"),
    ("gluon.model_zoo.vision.resnet", "gluon.model_zoo.vision", "ResNetV1 get_resnet resnet18_v2"),
    ("gluon.model_zoo.vision.vgg", "gluon.model_zoo.vision", "VGG get_vgg vgg11_bn"),
    ("ndarray._internal", "ndarray.op", "_plus_scalar"),
    ("gluon.data.vision.datasets", "gluon.data.vision", "MNIST CIFAR10 ImageFolderDataset"),
    ("gluon.data.sampler", "gluon.data", "Sampler BatchSampler RandomSampler"),
    ("rnn.rnn_cell", "rnn", "BaseRNNCell LSTMCell FusedRNNCell SequentialRNNCell ConvGRUCell "
                            "RNNParams ModifierCell ZoneoutCell"),
    ("rnn.rnn", "rnn", "do_rnn_checkpoint load_rnn_checkpoint save_rnn_checkpoint rnn_unroll"),
    ("rnn.io", "rnn", "BucketSentenceIter encode_sentences"),
    ("module.base_module", "module", "BaseModule"), ("module.module", "module", "Module"),
    ("module.bucketing_module", "module", "BucketingModule"),
    ("module.sequential_module", "module", "SequentialModule"),
    ("module.python_module", "module", "PythonModule PythonLossModule"),
    ("model", "callback", "BatchEndParam save_checkpoint"),
    ("kvstore.base", "kvstore", "KVStoreBase create TestStore"),
    ("kvstore.kvstore", "kvstore", "KVStore"),
    ("kvstore.kvstore_server", "kvstore", "KVStoreServer"),
    ("optimizer.optimizer", "optimizer", "Optimizer SGD Adam Updater get_updater create register"),
]


@pytest.mark.parametrize(("path", "place", "names"), PATHS, ids=lambda value: value[:24])
def test_names(path, place, names):
    module = importlib.import_module(f"mxlite.{path}")
    package = importlib.import_module(f"mxlite.{place}")
    for name in names.split():
        assert getattr(module, name) is getattr(package, name), name


@pytest.mark.parametrize("path", sorted({path for path, _, _ in PATHS}))
def test_each_path_is_imported_alone(path):
    subprocess.run([sys.executable, "-c", f"import mxlite.{path}"], check=True)


@pytest.mark.parametrize("path", sorted({path for path, _, _ in PATHS}))
def test_each_path_is_reached_by_attributes(path):
    subprocess.run([sys.executable, "-c", f"import mxlite; mxlite.{path}.__name__"], check=True)


@pytest.mark.parametrize("path", ["ndarray.ndarray", "gluon.block", "optimizer.optimizer"])
def test_other_names_are_missing(path):
    module = importlib.import_module(f"mxlite.{path}")
    for name in ("NoSuchThing", "_private", "__path__"):
        with pytest.raises(AttributeError, match=f"'mxlite.{path}' has no attribute '{name}'"):
            getattr(module, name)


def test_names_that_code_outside_imports():
    module = importlib.import_module("mxlite.ndarray.ndarray")
    assert module.py_slice is slice
    assert module._STORAGE_TYPE_STR_TO_ID == {            # those of files
        "undefined": -1, "default": 0, "row_sparse": 1, "csr": 2}


def test_internal_operators():
    x = mx.nd.array([1, 2])
    internal = importlib.import_module("mxlite.ndarray._internal")
    assert internal._plus_scalar(x, scalar=2).asnumpy().tolist() == [3, 4]
    for name in ("sum", "_no_such_operator"):
        with pytest.raises(AttributeError, match=f"has no operator '{name}'"):
            getattr(internal, name)


def test_contrib_by_attribute():
    assert mx.contrib.nd is mx.contrib.ndarray and mx.contrib.io.DataLoaderIter
    assert mx.gluon.contrib.data.IntervalSampler is mx.gluon.data.IntervalSampler
    assert "boolean_mask" in dir(mx.contrib.nd)
    assert mx.contrib.sym is mx.contrib.symbol and "box_nms" in dir(mx.contrib.sym)


def test_data_loader_iter():
    data, label = np.arange(10).reshape(5, 2), np.arange(5)
    batches = mx.contrib.io.DataLoaderIter(DataLoader(ArrayDataset(data, label), 2),
                                           data_name="x", dtype="float16")
    assert batches.provide_data == [DataDesc("x", (2, 2))] and batches.batch_size == 2
    assert batches.provide_label == [DataDesc("softmax_label", (2,))]
    assert batches.provide_data[0].dtype == "float16"
    for _ in range(2):
        epoch = list(batches)
        assert [batch.pad for batch in epoch] == [0, 0, 1]
        assert [batch.label[0].asnumpy().tolist() for batch in epoch] == [[0, 1], [2, 3], [4, 0]]
        assert epoch[2].data[0].asnumpy().tolist() == [[8, 9], [0, 0]]
        assert epoch[2].data[0].dtype == np.float16 and epoch[0].index is None
        batches.reset()


@pytest.mark.parametrize(("loader", "found"), [([], "no batch"), ([mx.nd.ones(3)], "a NDArray")])
def test_data_loader_iter_of_other_batches(loader, found):
    with pytest.raises(ValueError, match="batches of loader must be pairs of data and label; got "
                                         + found):
        mx.contrib.io.DataLoaderIter(loader)


def test_numbers_of_dtypes_and_requests_as_in_mxnet():
    codes = mx.nd.ndarray._DTYPE_NP_TO_MX
    assert codes is mx.nd._DTYPE_NP_TO_MX
    assert codes == {None: -1, np.float32: 0, np.float64: 1, np.float16: 2, np.uint8: 3,
                     np.int32: 4, np.int8: 5, np.int64: 6, np.bool_: 7}
    assert all(mx.nd._DTYPE_MX_TO_NP[code] is dtype for dtype, code in codes.items())
    assert mx.nd._GRAD_REQ_MAP == {"null": 0, "write": 1, "add": 3}
