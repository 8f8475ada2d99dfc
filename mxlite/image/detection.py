"""Augmenters and iterator of detection under the module path that MXNet has."""

from . import CreateDetAugmenter as CreateDetAugmenter
from . import CreateMultiRandCropAugmenter as CreateMultiRandCropAugmenter
from . import DetAugmenter as DetAugmenter
from . import DetBorrowAug as DetBorrowAug
from . import DetHorizontalFlipAug as DetHorizontalFlipAug
from . import DetRandomCropAug as DetRandomCropAug
from . import DetRandomPadAug as DetRandomPadAug
from . import DetRandomSelectAug as DetRandomSelectAug
from . import ImageDetIter as ImageDetIter
