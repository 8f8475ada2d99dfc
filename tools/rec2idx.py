"""mxlite-rec2idx under MXNet's name: the index of a RecordIO file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mxlite.tools.rec2idx import main

if __name__ == "__main__":
    sys.exit(main())
