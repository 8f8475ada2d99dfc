"""RecordIO files: rows of records, with an index for random access, and packed images.

Importing this loads neither arrays nor NumPy nor Pillow; see docs/recordio.md for the format.
"""

from .._dataio.errors import DataFileError, RecordError
from .header import _IR_FORMAT as _IR_FORMAT
from .header import _IR_SIZE as _IR_SIZE
from .header import IRHeader, pack, unpack
from .image import pack_img, unpack_img
from .indexed import MXIndexedRecordIO
from .sequential import MXRecordIO

__all__ = [
    "DataFileError", "IRHeader", "MXIndexedRecordIO", "MXRecordIO", "RecordError", "pack",
    "pack_img", "unpack", "unpack_img",
]
