"""The networks of gluon.model_zoo.vision: names, shapes, scores and gradients of MXNet 1.9.1
(tools/record_mxnet_zoo.py), arguments and errors."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from zoo_networks import CASES, NAMES, described, made, results, structural_names

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.gluon import HybridBlock
from mxlite.gluon.model_zoo import vision

RECORDED = json.loads((Path(__file__).parent.parent / "recordings/model_zoo.json").read_text())


def near(found, recorded, tolerance):
    """Differences beside the greatest value, which must not be 0."""
    scale = np.abs(recorded).max()
    assert scale > 0
    np.testing.assert_allclose(found / scale, np.asarray(recorded) / scale, 0, tolerance)


@pytest.mark.parametrize("name", NAMES)
def test_parameters_are_named_and_ordered_as_mxnets(name):
    """Full and structural names, in order, shapes, initializers, and what is not trained."""
    found, recorded = described(mx, name), RECORDED["networks"][name]
    assert found.get("lines") == recorded.get("lines")
    assert found == recorded


@pytest.mark.parametrize("case", CASES)
def test_scores_and_gradients(case):
    found, recorded = results(mx, case), RECORDED["cases"][case]
    assert found.keys() == recorded.keys()
    for key, values in found.items():
        near(values, recorded[key], 1e-6)


@pytest.mark.parametrize("case", ["densenet", "mobilenet_v2", "resnet_v1 basic", "squeezenet1.1",
                                  "resnet_v2 thumbnail"])
def test_scores_in_float32(case):
    net, x = made(mx, case, "float32")
    near(net(x).asnumpy().reshape(-1), RECORDED["cases"][case]["predicted"], 1e-4)


def test_the_recording_is_of_these_networks():
    assert RECORDED["mxnet"] == "1.9.1"
    assert [*RECORDED["networks"]] == NAMES and [*RECORDED["cases"]] == [*CASES]


def test_a_file_of_one_network_fits_its_twin(tmp_path):
    file = str(tmp_path / "net.params")
    net, x = made(mx, "mobilenet_v2", "float32")
    for save, names in ((net.save_parameters, set(structural_names(net))),
                        (net.collect_params().save, set(net.collect_params()))):
        save(file)
        assert {*mx.nd.load(file)} == names
        twin = vision.mobilenet_v2_0_25(classes=10)
        twin.load_parameters(file)
        assert (twin(x).asnumpy() == net(x).asnumpy()).all()


def test_a_network_learns():
    mx.random.seed(1)
    net = vision.ResNetV1(vision.BasicBlockV1, [1, 1], [8, 8, 16], classes=2, thumbnail=True)
    net.initialize(mx.init.Xavier())
    net.hybridize()
    x, y = mx.nd.random.normal(shape=(8, 3, 8, 8)), mx.nd.array([0, 1] * 4)
    trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    losses = []
    for _ in range(12):
        with mx.autograd.record():
            loss = mx.gluon.loss.SoftmaxCrossEntropyLoss()(net(x), y)
        loss.backward()
        trainer.step(8)
        losses.append(loss.mean().asscalar())
    assert losses[-1] < 0.2 * losses[0]


def test_features_for_other_classes():
    """As the error about classes advises."""
    trained, net = vision.mobilenet0_25(), vision.mobilenet0_25(classes=5)
    trained.initialize()
    net.features = trained.features
    net.output.initialize()
    assert net(mx.nd.ones((1, 3, 32, 32))).shape == (1, 5)
    assert trained.features[0].weight in net.collect_params().values()


def test_names_of_models_in_any_case():
    net = vision.get_model("ResNet18_V1", classes=7, prefix="mine_")
    assert type(net) is vision.ResNetV1 and net.output._units == 7 and net.prefix == "mine_"
    assert type(vision.get_model("vgg11_bn", batch_norm=False).features[1]).__name__ == "BatchNorm"


def test_parameters_can_be_shared():
    one = vision.mobilenet0_25(prefix="net_")
    two = vision.mobilenet0_25(prefix="net_", params=one.collect_params())
    assert one.features[0].weight is two.features[0].weight


@pytest.mark.parametrize("call, error, message", [
    (lambda: vision.get_model("resnet18"), ValueError,
     r"get_model: there is no model 'resnet18'; did you mean 'resnet18_v[12]'\?. There are "
     "alexnet, densenet121, .*vgg19_bn"),
    (lambda: vision.get_model(18), TypeError, "get_model: name must be a string; got int"),
    (lambda: vision.get_model("alexnet", clases=10), TypeError,
     "AlexNet: unknown argument 'clases'; did you mean 'classes'"),
    (lambda: vision.get_resnet(3, 18), ValueError,
     "get_resnet: version must be 1 or 2; got 3"),
    (lambda: vision.get_resnet(1, 20), ValueError,
     "get_resnet: num_layers must be 18, 34, 50, 101 or 152; got 20"),
    (lambda: vision.get_vgg(12), ValueError,
     "get_vgg: num_layers must be 11, 13, 16 or 19; got 12"),
    (lambda: vision.SqueezeNet("1.2"), ValueError,
     r"SqueezeNet: version must be '1\.0' or '1\.1'; got '1\.2'"),
    (lambda: vision.VGG([1, 2], [4]), ValueError,
     "VGG: filters must have a number for each of layers; got 1 for 2 layers"),
    (lambda: vision.ResNetV1(vision.BasicBlockV1, [1, 2], [4, 4]), ValueError,
     "ResNetV1: channels must have a number for each of layers and one more; got 2 for 2 layers"),
    (lambda: vision.ResNetV2(vision.BasicBlockV2, [1], [4]), ValueError,
     "ResNetV2: channels must have a number for each of layers and one more; got 1 for 1 layers"),
    (lambda: vision.MobileNet(0.03), ValueError, r"MobileNet: multiplier must be at least 1/32, so "
                                                 r"that every layer has a channel; got 0\.03"),
    (lambda: vision.MobileNetV2(float("nan")), ValueError,
     "MobileNetV2: multiplier must be at least 1/16, so that every layer has a channel; got nan"),
    (lambda: vision.alexnet(classes=0), ValueError, "Dense: units must be .* at least 1; got 0"),
])
def test_mistakes_are_named(call, error, message):
    with pytest.raises(error, match=message) as raised:
        call()
    assert isinstance(raised.value, MXNetError)


def test_an_image_that_is_too_small_is_named():
    net = vision.alexnet()
    net.initialize()
    with pytest.raises(ValueError, match="Pooling"):
        net(mx.nd.ones((1, 3, 40, 40)))


PATHS = """
from mxlite.gluon.model_zoo.vision.resnet import BottleneckV2, resnet_spec
from mxlite.gluon.model_zoo.vision import *
resnet18_v1(), alexnet()
from mxlite.gluon.model_zoo.vision.mobilenet import LinearBottleneck, RELU6
from mxlite.gluon.model_zoo.model_store import get_model_file, purge
from mxlite.gluon.model_zoo import vision
vision.alexnet()
"""


def test_paths_of_mxnet():
    """A module and the function of its name do not hinder each other, whichever comes first."""
    subprocess.run([sys.executable, "-c", PATHS], check=True)
    assert mx.gluon.model_zoo.vision is vision and "model_zoo" in dir(mx.gluon)
    assert callable(mx.gluon.model_zoo.model_store.get_model_file)


def test_public_names_are_mxnets():
    names = {name for name, value in vars(vision).items()
             if not name.startswith("_") and callable(value)}
    classes = {name for name in names if isinstance(getattr(vision, name), type)
               and issubclass(getattr(vision, name), HybridBlock)}
    assert classes == set("""AlexNet BasicBlockV1 BasicBlockV2 BottleneckV1 BottleneckV2 DenseNet
        Inception3 MobileNet MobileNetV2 ResNetV1 ResNetV2 SqueezeNet VGG""".split())
    functions = {name.replace("mobilenetv2", "mobilenet_v2").replace(".", "_") for name in NAMES}
    functions = functions - {"inceptionv3"} | {"inception_v3", "get_model", "get_resnet", "get_vgg",
                                               "get_mobilenet", "get_mobilenet_v2"}
    assert functions <= names


def test_graphs_of_a_net_that_is_not_hybridized_have_the_names_of_mxnet():
    net = vision.resnet18_v1(prefix="r_")
    names = net(mx.sym.var("data")).get_internals().list_outputs()
    assert [name for name in names if name.startswith("r_stage1_activation")] == [
        f"r_stage1_activation{i}_output" for i in range(2)]
    net.hybridize()
    assert net(mx.sym.var("data")).get_internals().list_outputs() == names
