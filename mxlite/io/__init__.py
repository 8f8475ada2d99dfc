"""`mx.io`: iterators over batches of arrays and of data files."""

from .array_iter import NDArrayIter as NDArrayIter
from .csv_iter import CSVIter as CSVIter
from .desc import DataBatch as DataBatch
from .desc import DataDesc as DataDesc
from .desc import MXDataBatch as MXDataBatch
from .file_iter import MXDataIter as MXDataIter
from .image_det_record_iter import ImageDetRecordIter as ImageDetRecordIter
from .image_record_iter import ImageRecordInt8Iter as ImageRecordInt8Iter
from .image_record_iter import ImageRecordIter as ImageRecordIter
from .image_record_iter import ImageRecordUInt8Iter as ImageRecordUInt8Iter
from .iterator import DataIter as DataIter
from .libsvm_iter import LibSVMIter as LibSVMIter
from .mnist_iter import MNISTIter as MNISTIter
from .prefetch import PrefetchingIter as PrefetchingIter
from .resize import ResizeIter as ResizeIter

ImageRecordIter_v1 = ImageRecordIter              # MXNet's older iterators, of the same parameters
ImageRecordUInt8Iter_v1 = ImageRecordUInt8Iter

from . import io as io  # noqa: E402  MXNet's modules of these names, by attribute
from . import utils as utils  # noqa: E402
