"""mxlite-rec: verify, info, cat, split, merge and unpack RecordIO files."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mxlite.tools.rec import main

if __name__ == "__main__":
    sys.exit(main())
