"""`mx.image`: decoding, resizing, cropping, augmenters, and iterators over images.

Images are arrays (height, width, channels), uint8 or float, with red first. NDArrays give NDArrays;
NumPy arrays are taken as well, and give NumPy arrays, which may be views of what was passed.
"""

from .augmenter import Augmenter, CastAug, HorizontalFlipAug, RandomOrderAug, SequentialAug
from .border import copyMakeBorder
from .colour_augmenters import (
    BrightnessJitterAug,
    ColorJitterAug,
    ColorNormalizeAug,
    ContrastJitterAug,
    HueJitterAug,
    LightingAug,
    RandomGrayAug,
    SaturationJitterAug,
)
from .create import CreateAugmenter
from .crop import center_crop, fixed_crop, random_crop, random_size_crop
from .crop_augmenters import (
    CenterCropAug,
    ForceResizeAug,
    RandomCropAug,
    RandomSizedCropAug,
    ResizeAug,
)
from .decode import imdecode, imread
from .det_augmenter import DetAugmenter, DetBorrowAug, DetHorizontalFlipAug, DetRandomSelectAug
from .det_create import CreateDetAugmenter, CreateMultiRandCropAugmenter
from .det_crop import DetRandomCropAug
from .det_iter import ImageDetIter
from .det_pad import DetRandomPadAug
from .image_iter import ImageIter
from .normalize import color_normalize
from .resize import imresize, resize_short, scale_down
from .rotate import imrotate, random_rotate

__all__ = [
    "Augmenter", "BrightnessJitterAug", "CastAug", "CenterCropAug", "ColorJitterAug",
    "ColorNormalizeAug", "ContrastJitterAug", "CreateAugmenter", "CreateDetAugmenter",
    "CreateMultiRandCropAugmenter", "DetAugmenter", "DetBorrowAug", "DetHorizontalFlipAug",
    "DetRandomCropAug", "DetRandomPadAug", "DetRandomSelectAug", "ForceResizeAug",
    "HorizontalFlipAug", "HueJitterAug", "ImageDetIter", "ImageIter", "LightingAug",
    "RandomCropAug", "RandomGrayAug", "RandomOrderAug", "RandomSizedCropAug", "ResizeAug",
    "SaturationJitterAug", "SequentialAug", "center_crop", "color_normalize", "copyMakeBorder",
    "fixed_crop", "imdecode", "imread", "imresize", "imrotate", "random_crop", "random_rotate",
    "random_size_crop", "resize_short", "scale_down",
]
from . import detection, image  # noqa: F401  MXNet's modules of these names, by attribute
