"""NumPy's numbers where Python's go, and counts that are too small, in layers and functions."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd
from mxlite.gluon import loss, nn

I, F, B = np.int64, np.float32, np.bool_
IMAGE = (1, 4, 6, 6)


def run(layer, shape=IMAGE):
    layer.initialize()
    return layer(nd.ones(shape)).shape


@pytest.mark.parametrize("call, want", [
    (lambda: run(nn.Conv2D(I(2), I(3), I(1), I(1), groups=I(2), in_channels=I(4))), (1, 2, 6, 6)),
    (lambda: run(nn.Conv2D(I(2), (I(3), np.int32(3)), dilation=I(1))), (1, 2, 4, 4)),
    (lambda: run(nn.MaxPool2D(I(2), I(2), I(0))), (1, 4, 3, 3)),
    (lambda: run(nn.Dense(I(2), in_units=I(3), use_bias=B(True)), (2, 3)), (2, 2)),
    (lambda: run(nn.Embedding(I(3), I(4)), (2, 3)), (2, 3, 4)),
    (lambda: run(nn.GroupNorm(I(2))), IMAGE),
    (lambda: run(nn.BatchNorm(axis=I(1), momentum=F(0.9), in_channels=I(4))), IMAGE),
    (lambda: run(nn.Dropout(F(0.5))), IMAGE),
    (lambda: mx.gluon.Parameter("w", shape=I(2)).shape, (2,)),
    (lambda: loss.L2Loss(F(2), batch_axis=I(0))(nd.ones((2, 3)), nd.ones((2, 3))).shape, (2,)),
    (lambda: nd.zeros((I(2), np.int32(3))).shape, (2, 3)),
    (lambda: nd.full(I(2), F(1.5)).shape, (2,)),
    (lambda: nd.arange(I(3), F(5)).shape, (2,)),
    (lambda: nd.moveaxis(nd.ones((2, 3)), I(0), I(1)).shape, (3, 2)),
    (lambda: len(nd.split_v2(nd.ones((2, 3)), I(2))), 2),
    (lambda: nd.random.uniform(F(0), I(1), shape=I(3)).shape, (3,)),
    (lambda: nd.random.normal(F(0), F(1), shape=(I(3), 2)).shape, (3, 2)),
    (lambda: nd.random.randint(I(0), I(3), shape=I(3)).shape, (3,)),
    (lambda: nd.random.multinomial(nd.ones(2), shape=I(3)).shape, (3,)),
    (lambda: nd.ones((2, 3)).sum(axis=I(1), keepdims=B(True)).shape, (2, 1)),
    (lambda: nd.ones((2, 3))[I(1), np.int32(0):I(2)].shape, (2,)),
    (lambda: nd.ones((2, 3)).reshape(I(3), I(-1)).shape, (3, 2)),
    (lambda: mx.cpu(I(0)).device_id, 0),
    (lambda: mx.gluon.data.vision.transforms.Resize(I(2))(
        nd.ones((4, 4, 3), dtype="uint8")).shape, (2, 2, 3)),
    (lambda: len(mx.gluon.data.DataLoader([1, 2, 3], I(2), num_workers=I(1))), 2),
])
def test_numbers_of_numpy(call, want):
    assert call() == want


@pytest.mark.parametrize("call, message", [
    (lambda: nn.Conv2D(4, 3, groups=0), "Conv2D: groups must be an integer of at least 1; got 0"),
    (lambda: nn.Conv1D(0, 3), "Conv1D: channels must be an integer of at least 1; got 0"),
    (lambda: nn.Conv2D(4, (3, 0)), "Conv2D: kernel_size must be an integer of at least 1; got 0"),
    (lambda: nn.Conv2D(4, 3, strides=0), "Conv2D: strides must be an integer of at least 1"),
    (lambda: nn.Conv3D(4, 3, dilation=0), "Conv3D: dilation must be an integer of at least 1"),
    (lambda: nn.Conv2D(4, 3, padding=-1), "Conv2D: padding must be an integer of at least 0"),
    (lambda: nn.MaxPool2D(0), "MaxPool2D: pool_size must be an integer of at least 1; got 0"),
    (lambda: nn.AvgPool1D(2, 0), "AvgPool1D: strides must be an integer of at least 1; got 0"),
    (lambda: nn.Dense(0), "Dense: units must be an integer of at least 1; got 0"),
    (lambda: nn.Dense(2, in_units=-2), "Dense: in_units must be an integer of at least 0; got -2"),
    (lambda: nn.Embedding(0, 2), "Embedding: input_dim must be an integer of at least 1; got 0"),
    (lambda: nn.Embedding(2, 0), "Embedding: output_dim must be an integer of at least 1; got 0"),
    (lambda: nn.Dropout(-0.1), "Dropout: rate must be between 0 and 1; got -0.1"),
    (lambda: nn.Dropout("a"), "Dropout: rate must be between 0 and 1; got 'a'"),
    (lambda: mx.gluon.utils.split_data(nd.ones(3), 0), "split_data: num_slice must be an integer"),
    (lambda: mx.gluon.utils.split_and_load(nd.ones(3), []), "split_and_load: ctx_list must hold"),
])
def test_counts_that_are_too_small(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()
