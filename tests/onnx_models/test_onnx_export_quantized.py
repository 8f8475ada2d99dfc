"""Quantized networks written as ONNX: ONNX Runtime gives their numbers, integer by integer."""

import numpy as np
import onnx
import pytest
from onnx_runs import ran

import mxlite as mx
from mxlite import gluon, nd
from mxlite.gluon import nn

SHAPE = (4, 3, 12, 12)


class Residual(gluon.HybridBlock):
    """A convolution, beside what it reads: their sum, and both joined."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2D(6, 3, padding=1, in_channels=3)
        self.second = nn.Conv2D(6, 3, padding=1, groups=2, in_channels=6)
        self.norm = nn.BatchNorm(in_channels=6)
        self.top = nn.Dense(5)

    def hybrid_forward(self, F, x):
        x = F.relu(self.first(x))
        y = self.norm(self.second(x)) + x
        y = F.concat(F.Pooling(y, kernel=(2, 2), stride=(2, 2), pool_type="max"),
                     F.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="avg"), dim=1)
        return self.top(F.relu(y))


class Wide(gluon.HybridBlock):
    """Channels last, and sums of a thousand products."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2D(70, 3, strides=2, use_bias=False, layout="NHWC", in_channels=12)
        self.top = nn.Dense(4, flatten=True, use_bias=False)

    def hybrid_forward(self, F, x):
        return self.top(F.relu(self.first(F.transpose(x, axes=(0, 2, 3, 1)))))


def quantized(net, shape, dtype, mode):
    net.initialize(mx.init.Xavier())
    net.hybridize()
    mx.random.seed(3)
    x = nd.random.uniform(-1, 1, shape)
    net(x)
    if mode == "none":
        calibration = {"data_shapes": [shape]}
    else:
        data = gluon.data.ArrayDataset(nd.random.uniform(-1, 1, (8, *shape[1:])), nd.zeros((8,)))
        calibration = {"calib_data": gluon.data.DataLoader(data, 4), "num_calib_examples": 8}
    net = mx.contrib.quantization.quantize_net_v2(
        net, quantized_dtype=dtype, calib_mode=mode, logger=None, **calibration)
    net.hybridize()
    return net, x, net(x).asnumpy()


@pytest.mark.parametrize("network, shape", [(Residual, SHAPE), (Wide, (2, 12, 11, 9))])
@pytest.mark.parametrize("dtype, mode", [("int8", "naive"), ("uint8", "naive"), ("auto", "naive"),
                                         ("int8", "entropy"), ("int8", "none")])
def test_quantized_networks(network, shape, dtype, mode, tmp_path):
    net, x, wanted = quantized(network(), shape, dtype, mode)
    files = net.export(str(tmp_path / "net"))
    path = mx.onnx.export_model(*files, [shape], "float32", tmp_path / "net.onnx", dynamic=True,
                                dynamic_input_shapes=[("batch", *shape[1:])])
    kinds = {node.op_type for node in onnx.load(path).graph.node}
    assert {"QuantizeLinear", "ConvInteger", "MatMulInteger"} <= kinds
    assert not {"Conv", "Gemm", "MatMul"} & kinds
    for rows in (shape[0], 1):              # a range that is not calibrated is that of the batch
        part = x[:rows]
        found = ran(path, {"data": part.asnumpy()})[0]
        np.testing.assert_array_equal(found, wanted if rows > 1 else net(part).asnumpy())
    symbol, args, auxs = mx.contrib.onnx.import_model(path)
    back = symbol.bind(mx.cpu(), {**args, "data": x}, aux_states=auxs, grad_req="null").forward()[0]
    np.testing.assert_array_equal(back.asnumpy(), wanted)
