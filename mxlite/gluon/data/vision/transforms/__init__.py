"""`gluon.data.vision.transforms`: preprocessing and augmentation of images.

Each is a block, called with one image (H, W, C) or a batch of them (N, H, W, C), uint8 or float32,
unless it says otherwise; `dataset.transform_first(transform)` puts it into a dataset. Random
numbers come from the stream of `mx.random.seed`, separately for every image of a batch.
"""

from .color import RandomBrightness as RandomBrightness
from .color import RandomColorJitter as RandomColorJitter
from .color import RandomContrast as RandomContrast
from .color import RandomHue as RandomHue
from .color import RandomLighting as RandomLighting
from .color import RandomSaturation as RandomSaturation
from .compose import Compose as Compose
from .compose import RandomApply as RandomApply
from .convert import Cast as Cast
from .convert import Normalize as Normalize
from .convert import ToTensor as ToTensor
from .crop import CenterCrop as CenterCrop
from .crop import CropResize as CropResize
from .crop import RandomResizedCrop as RandomResizedCrop
from .crop import Resize as Resize
from .turn import RandomFlipLeftRight as RandomFlipLeftRight
from .turn import RandomFlipTopBottom as RandomFlipTopBottom
from .turn import RandomRotation as RandomRotation
from .turn import Rotate as Rotate
