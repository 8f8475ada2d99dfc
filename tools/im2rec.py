"""mxlite-im2rec under MXNet's name: lists of images, and RecordIO files made from them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mxlite.tools.im2rec import main

if __name__ == "__main__":
    sys.exit(main())
