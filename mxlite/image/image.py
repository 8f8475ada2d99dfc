"""Functions, augmenters and `ImageIter` under the module path that MXNet has."""

from . import Augmenter as Augmenter
from . import BrightnessJitterAug as BrightnessJitterAug
from . import CastAug as CastAug
from . import CenterCropAug as CenterCropAug
from . import ColorJitterAug as ColorJitterAug
from . import ColorNormalizeAug as ColorNormalizeAug
from . import ContrastJitterAug as ContrastJitterAug
from . import CreateAugmenter as CreateAugmenter
from . import ForceResizeAug as ForceResizeAug
from . import HorizontalFlipAug as HorizontalFlipAug
from . import HueJitterAug as HueJitterAug
from . import ImageIter as ImageIter
from . import LightingAug as LightingAug
from . import RandomCropAug as RandomCropAug
from . import RandomGrayAug as RandomGrayAug
from . import RandomOrderAug as RandomOrderAug
from . import RandomSizedCropAug as RandomSizedCropAug
from . import ResizeAug as ResizeAug
from . import SaturationJitterAug as SaturationJitterAug
from . import SequentialAug as SequentialAug
from . import center_crop as center_crop
from . import color_normalize as color_normalize
from . import copyMakeBorder as copyMakeBorder
from . import fixed_crop as fixed_crop
from . import imdecode as imdecode
from . import imread as imread
from . import imresize as imresize
from . import imrotate as imrotate
from . import random_crop as random_crop
from . import random_rotate as random_rotate
from . import random_size_crop as random_size_crop
from . import resize_short as resize_short
from . import scale_down as scale_down
from .resize import get_interp_method as _get_interp_method  # noqa: F401  which zoos of users call
