"""mxlite-launch under MXNet's name: starts a program in several processes."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mxlite.tools.launch import main

if __name__ == "__main__":
    sys.exit(main())
