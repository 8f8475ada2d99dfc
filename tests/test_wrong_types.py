"""Arguments of wrong types: a few of tests/sweeps/wrong_types.py, which .ci/run goes through."""

import functools
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd
from mxlite.gluon import data
from mxlite.gluon.data.vision import transforms

SWEEP = Path(__file__).parent / "sweeps" / "wrong_types.py"

BYTES = np.zeros((4, 4, 3), np.uint8)


def test_a_part_of_the_sweep():
    run = subprocess.run([sys.executable, SWEEP, "--every", "97"], capture_output=True, text=True,
                         timeout=200)
    assert run.returncode == 0, run.stdout + run.stderr
    calls = int(run.stdout.split()[0])
    assert calls > 1000 and run.stdout.endswith("0 failures\n")


def test_the_sweep_sees_what_must_not_be(tmp_path):
    planted = tmp_path / "planted.py"
    shutil.copy(SWEEP.parent / "data_targets.py", tmp_path)
    planted.write_text(SWEEP.read_text().replace(
        "LEFT_OUT = {", "nd.die = lambda x: os._exit(7)\nnd.inside = lambda x: 1 .shape\n"
        "LEFT_OUT = {"))
    run = subprocess.run([sys.executable, planted, "--only", "nd.die", "--every", "40"],
                         capture_output=True, text=True, timeout=200)
    assert run.returncode == 1 and "ends the process (7)" in run.stdout
    run = subprocess.run([sys.executable, planted, "--only", "nd.inside"], capture_output=True,
                         text=True, timeout=200)
    assert run.returncode == 1 and "'int' object has no attribute 'shape'" in run.stdout


CASES = [
    (lambda: nd.concatenate([np.ones(3)]), "Concat: its inputs must be NDArrays; got ndarray"),
    (lambda: mx.random.shuffle([1, 2]), "_shuffle: its inputs must be NDArrays; got list"),
    (lambda: nd.random.multinomial([0.5, 0.5]), "multinomial: its inputs must be NDArrays; got li"),
    (lambda: nd.NDArray([1, 2]), "NDArray cannot be called; mx.nd.array"),
    (lambda: nd.NDArray.__new__(nd.NDArray), "NDArray cannot be called"),
    (lambda: nd.zeros((2,), out=()), "_zeros: out must hold at least one array"),
    (lambda: nd.zeros((2,), out=[3]), "_zeros: out must be an NDArray; got int"),
    (lambda: nd.random.uniform(out=3), "random.uniform: out must be an NDArray; got int"),
    (lambda: nd.exp(nd.ones(2), out=()), "exp: out must hold 1 arrays; got 0"),
    (lambda: nd.contrib.boolean_mask(nd.ones(2), [1]), "boolean_mask: index must be an NDArray"),
    (lambda: nd.contrib.boolean_mask(1, nd.ones(2)), "boolean_mask: data must be an NDArray"),
    (lambda: nd.moveaxis([1], 0, 0), "moveaxis: tensor must be an NDArray; got list"),
    (lambda: nd.onehot_encode([1], nd.ones((1, 2))), "onehot_encode: indices must be an NDArray"),
    (lambda: nd.onehot_encode(nd.ones(1), nd.ones(1)), r"out must have shape \(n, depth\); got"),
    (lambda: nd.to_dlpack_for_read([1]), "to_dlpack_for_read: data must be an NDArray; got list"),
    (lambda: nd._CrossDeviceCopy(nd.ones(1), ctx=3), "ctx must be a Context such as mx.cpu"),
    (lambda: mx.init.register(3), "initializer.register: only a class can be .*; got 3"),
    (lambda: mx.init.alias(3), "initializer.alias: a name must be a string; got 3"),
    (lambda: mx.init.alias("three")(3), "initializer.register: only a class can be .*; got 3"),
    (lambda: mx.metric.register(3), "metric.register: only a class can be registered; got 3"),
    (lambda: mx.metric.register(mx.metric.MAE, 3), "metric.register: name must be a str.*; got 3"),
    (lambda: mx.metric.alias(3), "metric.alias: a name must be a string; got 3"),
    (lambda: mx.optimizer.register(3), "optimizer.register: only a class can be registered; got 3"),
    (lambda: mx.metric.np(3), "metric.np: numpy_feval must be a function; got 3"),
    (lambda: mx.metric.CustomMetric(3), "CustomMetric: feval must be a function; got 3"),
    (lambda: mx.optimizer.SGD(sym=3), "Optimizer: sym must be a Symbol; got int"),
    (lambda: mx.optimizer.SGD(param_idx2name={0: 3}), r"param_idx2name must be .*; got \{0: 3\}"),
    (lambda: mx.optimizer.SGD(lr_scheduler=3), "Optimizer: lr_scheduler must be a function; got 3"),
    (lambda: mx.gluon.nn.Dense(2, prefix=3), "Dense: prefix must be a str; got 3"),
    (lambda: mx.gluon.nn.Dense(2, params=3), "Dense: params must be a ParameterDict, .*; got 3"),
    (lambda: mx.gluon.nn.Sequential(params={}), "Sequential: params must be .*; got {}"),
    (lambda: nd.load(1), "expected str, bytes or os.PathLike object, not int"),
    (lambda: nd.ones(1)._copy_from(None), "expected .*ArrayBase, got NoneType"),
]


@pytest.mark.parametrize(("call", "message"), CASES)
def test_messages(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


def test_a_metric_of_a_function_without_a_name():
    metric = mx.metric.np(functools.partial(lambda scale, label, pred: scale, 2))
    metric.update([nd.ones(2)], [nd.ones(2)])
    assert metric.get() == ("partial", 2)


DATA_CASES = [
    (lambda: data.SequentialSampler("a"), "SequentialSampler: length must be an integer; got 'a'"),
    (lambda: data.RandomSampler(-1), "RandomSampler: length must be an integer of at least 0; got"),
    (lambda: data.BatchSampler([1], np.ones(2)), r"batch_size must be an integer; got ndarray of "),
    (lambda: data.BatchSampler([1], 2, ["keep"]), "BatchSampler: last_batch must be a str; got "),
    (lambda: data.IntervalSampler(10 ** 30, 1), "length must be an integer of at most 92233720368"),
    (lambda: data.ArrayDataset(None), "ArrayDataset: args must be a list, or anything else with a"),
    (lambda: data.FilterSampler(None, [1]), "FilterSampler: fn must be a function; got None"),
    (lambda: data.RecordFileDataset(3), "RecordFileDataset: filename must be a path, str, bytes"),
    (lambda: data.DataLoader([1], 1.5), "DataLoader: batch_size must be an integer or None; got 1"),
    (lambda: list(data.DataLoader(data.ArrayDataset(np.ones(2)), 1,
                                  sampler=["a"])), "a sampler must give numbers of"),
    (lambda: data.default_batchify_fn([]), "default_batchify_fn: data must hold at least one sam"),
    (lambda: data.batchify.Pad(dtype=nd.ones(2)), "Pad: dtype must be one of float32, .*; got ND"),
    (lambda: data.SimpleDataset([1]).transform(3), "transform: fn must be a function; got 3"),
    (lambda: data.SimpleDataset([1]).transform_first(3), "transform_first: fn must be a function;"),
    (lambda: data.SimpleDataset([1]).filter(3), "filter: fn must be a function; got 3"),
    (lambda: data.SimpleDataset([1]).take("a"), "take: count must be an integer of at least 0; "),
    (lambda: data.SimpleDataset([1]).shard("a", 0), "shard: num_shards must be an integer of at l"),
    (lambda: data.SimpleDataset([1]).shard(2, None), "shard: index must be an integer of at least"),
    (lambda: transforms.RandomApply("a"), "RandomApply: transforms must be a function or a list"),
    (lambda: transforms.Cast(1.5), "Cast: dtype must be one of float32, .*; got 1.5"),
    (lambda: transforms.RandomRotation(3), "RandomRotation: angle_limits must be two numbers; got"),
    (lambda: transforms.ToTensor(prefix=3), "ToTensor: prefix must be a str; got 3"),
    (lambda: transforms.ToTensor(params=3), "ToTensor: params must be a ParameterDict, as .*; got"),
    (lambda: data.vision.ImageListDataset(imglist=[3]), "entry 0 of imglist must be .*; got 3"),
    (lambda: data.vision.ImageFolderDataset(".", 2), r"flag must be 1 \(RGB\), 0 .*; got 2"),
    (lambda: mx.image.HorizontalFlipAug(None), "HorizontalFlipAug: p must be a number; got None"),
    (lambda: mx.image.HueJitterAug(float("nan")), "HueJitterAug: hue must be finite; got nan"),
    (lambda: mx.image.LightingAug(-1, [1, 1, 1], np.eye(3)), "alphastd must be at least 0; got -1"),
    (lambda: mx.image.LightingAug(1, [1, 1], np.eye(3)), r"eigval must have 3 numbers; got \[1, 1"),
    (lambda: mx.image.DetRandomPadAug(1, (1, 1e30)), "area_range must be at most 1048576; got"),
    (lambda: mx.image.DetRandomCropAug(area_range="a"), r"area_range must be \(least, most\) or"),
    (lambda: mx.image.scale_down(3, (1, 1)), "scale_down: src_size must be two integers, .*; got"),
    (lambda: mx.image.imresize(BYTES, 1 << 40, 4), "imresize: no memory for an image of 4 x 10995"),
    (lambda: mx.image.imread(None), "imread: filename must be a path, str, bytes or os.PathLike"),
    (lambda: mx.image.CreateAugmenter((3, 2, 2), resize="a"), "resize must be an integer; got 'a'"),
    (lambda: mx.image.ImageIter(1, (3, 2, 2), imglist=[[1, "a"]], aug_list=[3]),
     r"ImageIter: aug_list must be a list of augmenters; got \[3\]"),
    (lambda: mx.io.ResizeIter(3, 1), "ResizeIter: data_iter must be an iterator; got 3"),
    (lambda: mx.io.PrefetchingIter(3), "PrefetchingIter: iters must be iterators; got 3"),
    (lambda: mx.io.NDArrayIter(np.ones(2), last_batch_handle="padd"), "did you mean 'pad'"),
    (lambda: mx.io.ImageRecordIter("a", (3, 2, 2), 1, preprocess_threads=1 << 40),
     "ImageRecordIter: preprocess_threads must be an integer of at most 1024; got 1099511627776"),
    (lambda: mx.io.ImageDetRecordIter("a", (3, 2, 2), 1, prefetch_buffer=1 << 40),
     "ImageDetRecordIter: prefetch_buffer must be an integer of at most 1048576; got 109951162777"),
    (lambda: mx.io.ImageRecordIter("a", (3, 2, 10 ** 30), 1), "data_shape must be a tuple of posi"),
    (lambda: mx.io.ImageRecordIter("a", (3, 2, 2), 1, resize=10 ** 30), "resize must be an"),
    (lambda: mx.io.MNISTIter(seed=[1, 2]), r"MNISTIter: seed must be an integer; got \[1, 2\]"),
    (lambda: mx.io.CSVIter("a", (1,), batch_size=1, ctx=np.ones(2)), "ctx must be 'cpu' or 'gpu'"),
    (lambda: mx.io.ImageDetRecordIter("a", (3, 2, 2), 1, inter_method="x"), "inter_method must be"),
    (lambda: mx.recordio.MXRecordIO(None, "r"), "MXRecordIO: uri must be a path, str, bytes or"),
    (lambda: mx.recordio.MXRecordIO("a", "x"), "MXRecordIO: flag must be 'r' or 'w'; got 'x'"),
    (lambda: mx.recordio.MXRecordIO("a", "r", opener=3), "MXRecordIO: opener must be a function"),
    (lambda: mx.recordio.unpack(3), "unpack: s must be bytes; got 3"),
    (lambda: mx.recordio.unpack("a" * 30), "unpack: s must be bytes; got 'aaa"),
    (lambda: mx.recordio.pack_img((0, 1, 2, 3), [[1], [2, 3]]), "pack_img: img must be an array;"),
    (lambda: mx.recordio.pack_img((0, 1, 2, 3), BYTES, "a"), "quality must be an integer; got 'a'"),
]


@pytest.mark.parametrize(("call", "message"), DATA_CASES)
def test_messages_of_the_data_pipeline(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()


def test_types_that_were_taken_are_still():
    """Numbers and truths of NumPy, dicts as data sets, None where it is the default."""
    assert list(data.SequentialSampler(np.int64(2), start=np.int8(1))) == [1, 2]
    assert data.SimpleDataset({0: "a"})[0] == "a"
    assert len(data.ArrayDataset(data.SimpleDataset([1, 2]), "ab")) == 2
    assert mx.image.HorizontalFlipAug(np.float32(1)).p == 1
    assert json.loads(mx.image.CastAug(np.float32).dumps()) == ["castaug", {"type": "float32"}]
    assert json.loads(mx.image.HueJitterAug(np.float64(0.5)).dumps())[1] == {"hue": 0.5}
    assert len(list(data.DataLoader([1, 2], np.int32(1), shuffle=np.bool_(True)))) == 2
    image = mx.image.HueJitterAug(-0.0)(np.full((2, 2, 3), 9, np.float32))
    np.testing.assert_allclose(image, 9, atol=0.1)


def test_an_update_without_a_gradient():
    optimizer, weight = mx.optimizer.create("sgd"), nd.ones(3)
    with pytest.raises(TypeError, match="sgd_update: its inputs must be NDArrays; got NoneType"):
        optimizer.update(0, weight, None, optimizer.create_state(0, weight))


def test_membership_of_what_no_array_holds():
    assert "a" not in nd.ones(2) and None not in nd.ones(2)
    with autograd.pause():
        assert 1 in nd.ones(2)
