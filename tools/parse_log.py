"""mxlite-parse-log under MXNet's name: a training log becomes a table."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mxlite.tools.parse_log import main

if __name__ == "__main__":
    sys.exit(main())
