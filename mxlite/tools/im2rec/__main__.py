"""python -m mxlite.tools.im2rec"""

import sys

from . import main

if __name__ == "__main__":
    sys.exit(main())
