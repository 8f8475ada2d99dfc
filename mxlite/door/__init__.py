"""The door for programs written for MXNet: `import mxnet` gets mxlite.

    mxlite.install_as_mxnet()                   in a program, before it imports mxnet
    python -m mxlite.run script.py arguments    for a program that is not changed
    python -m mxlite.check script.py            what of it mxlite has, and what not
"""

from .alias import VERSION as VERSION
from .alias import install_as_mxnet as install_as_mxnet
