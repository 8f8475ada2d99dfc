"""`array`, `zeros`, `empty`, `save` and `load` under the module path that MXNet has."""

from .creation import array as array
from .creation import empty as empty
from .creation import zeros as zeros
from .serialization import load as load
from .serialization import load_frombuffer as load_frombuffer
from .serialization import save as save
