"""mxlite-idx2rec: MNIST's idx files become a RecordIO file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mxlite.tools.idx2rec import main

if __name__ == "__main__":
    sys.exit(main())
