"""`mx.io` under the module path that MXNet has."""

from . import CSVIter as CSVIter
from . import DataBatch as DataBatch
from . import DataDesc as DataDesc
from . import DataIter as DataIter
from . import ImageDetRecordIter as ImageDetRecordIter
from . import ImageRecordInt8Iter as ImageRecordInt8Iter
from . import ImageRecordIter as ImageRecordIter
from . import ImageRecordIter_v1 as ImageRecordIter_v1
from . import ImageRecordUInt8Iter as ImageRecordUInt8Iter
from . import ImageRecordUInt8Iter_v1 as ImageRecordUInt8Iter_v1
from . import LibSVMIter as LibSVMIter
from . import MNISTIter as MNISTIter
from . import MXDataIter as MXDataIter
from . import NDArrayIter as NDArrayIter
from . import PrefetchingIter as PrefetchingIter
from . import ResizeIter as ResizeIter
from .utils import _init_data as _init_data
