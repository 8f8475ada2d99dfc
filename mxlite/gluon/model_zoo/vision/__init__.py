"""`gluon.model_zoo.vision`: networks that classify images.

Images are (N, 3, H, W), RGB, of 224 x 224 or more pixels (Inception3: 299 x 299). Trained
parameters are for values between 0 and 1 from which [0.485, 0.456, 0.406] was subtracted and which
were divided by [0.229, 0.224, 0.225].
"""

from typing import Any

from ....base import MXNetTypeError, MXNetValueError
from ....wording import suggestion
from .alexnet import AlexNet as AlexNet
from .alexnet import alexnet as alexnet
from .densenet import DenseNet as DenseNet
from .densenet import densenet121 as densenet121
from .densenet import densenet161 as densenet161
from .densenet import densenet169 as densenet169
from .densenet import densenet201 as densenet201
from .inception import Inception3 as Inception3
from .inception import inception_v3 as inception_v3
from .mobilenet import MobileNet as MobileNet
from .mobilenet import MobileNetV2 as MobileNetV2
from .mobilenet import get_mobilenet as get_mobilenet
from .mobilenet import get_mobilenet_v2 as get_mobilenet_v2
from .mobilenet import mobilenet0_5 as mobilenet0_5
from .mobilenet import mobilenet0_25 as mobilenet0_25
from .mobilenet import mobilenet0_75 as mobilenet0_75
from .mobilenet import mobilenet1_0 as mobilenet1_0
from .mobilenet import mobilenet_v2_0_5 as mobilenet_v2_0_5
from .mobilenet import mobilenet_v2_0_25 as mobilenet_v2_0_25
from .mobilenet import mobilenet_v2_0_75 as mobilenet_v2_0_75
from .mobilenet import mobilenet_v2_1_0 as mobilenet_v2_1_0
from .resnet import BasicBlockV1 as BasicBlockV1
from .resnet import BasicBlockV2 as BasicBlockV2
from .resnet import BottleneckV1 as BottleneckV1
from .resnet import BottleneckV2 as BottleneckV2
from .resnet import ResNetV1 as ResNetV1
from .resnet import ResNetV2 as ResNetV2
from .resnet import get_resnet as get_resnet
from .resnet import resnet18_v1 as resnet18_v1
from .resnet import resnet18_v2 as resnet18_v2
from .resnet import resnet34_v1 as resnet34_v1
from .resnet import resnet34_v2 as resnet34_v2
from .resnet import resnet50_v1 as resnet50_v1
from .resnet import resnet50_v2 as resnet50_v2
from .resnet import resnet101_v1 as resnet101_v1
from .resnet import resnet101_v2 as resnet101_v2
from .resnet import resnet152_v1 as resnet152_v1
from .resnet import resnet152_v2 as resnet152_v2
from .squeezenet import SqueezeNet as SqueezeNet
from .squeezenet import squeezenet1_0 as squeezenet1_0
from .squeezenet import squeezenet1_1 as squeezenet1_1
from .vgg import VGG as VGG
from .vgg import get_vgg as get_vgg
from .vgg import vgg11 as vgg11
from .vgg import vgg11_bn as vgg11_bn
from .vgg import vgg13 as vgg13
from .vgg import vgg13_bn as vgg13_bn
from .vgg import vgg16 as vgg16
from .vgg import vgg16_bn as vgg16_bn
from .vgg import vgg19 as vgg19
from .vgg import vgg19_bn as vgg19_bn

_MODELS: dict[str, Any] = {function.__name__: function for function in (
    alexnet, densenet121, densenet161, densenet169, densenet201, resnet18_v1, resnet34_v1,
    resnet50_v1, resnet101_v1, resnet152_v1, resnet18_v2, resnet34_v2, resnet50_v2, resnet101_v2,
    resnet152_v2, vgg11, vgg13, vgg16, vgg19, vgg11_bn, vgg13_bn, vgg16_bn, vgg19_bn)} | {
    "inceptionv3": inception_v3, "squeezenet1.0": squeezenet1_0, "squeezenet1.1": squeezenet1_1,
    "mobilenet1.0": mobilenet1_0, "mobilenet0.75": mobilenet0_75, "mobilenet0.5": mobilenet0_5,
    "mobilenet0.25": mobilenet0_25, "mobilenetv2_1.0": mobilenet_v2_1_0,
    "mobilenetv2_0.75": mobilenet_v2_0_75, "mobilenetv2_0.5": mobilenet_v2_0_5,
    "mobilenetv2_0.25": mobilenet_v2_0_25}


def get_model(name: str, **kwargs: Any) -> Any:
    """The network called `name`: "resnet50_v1", "vgg16_bn", "mobilenetv2_1.0"; in any case.

    kwargs: pretrained (False), ctx (cpu()) and root of its trained parameters (see
        model_store.get_model_file); classes (1000); what its class takes besides.
    Raises MXNetValueError for an unknown name.
    """
    if not isinstance(name, str):
        raise MXNetTypeError(f"get_model: name must be a string; got {type(name).__name__}")
    function = _MODELS.get(name.lower())
    if function is None:
        raise MXNetValueError(f"get_model: there is no model {name!r}"
                              f"{suggestion(name.lower(), _MODELS)}. There are "
                              f"{', '.join(sorted(_MODELS))}")
    return function(**kwargs)
