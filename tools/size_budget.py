"""No source file and no wheel grows over its budget.

    python tools/size_budget.py [WHEEL]       exit status 1 if anything is over

A file of over 300 lines (a test: 250) is listed; one of over 500 is an error.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES, LONG, LONG_TEST = 500, 300, 250
MOST_BYTES = 20_000_000               # installed, with the kernels of all instruction sets
SOURCES = {".py", ".pyx", ".pxd", ".c", ".h", ".def"}


def lines_of_files(root):
    """name -> number of lines, of the source files that git knows or would add."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"],
                            cwd=root, text=True, capture_output=True, check=True)
    paths = [root / line for line in listed.stdout.splitlines()]
    return {path.relative_to(root).as_posix(): path.read_text().count("\n")
            for path in paths if path.suffix in SOURCES and path.exists()}


def installed_bytes(wheel):
    """The size of the wheel's files once they are unpacked."""
    with zipfile.ZipFile(wheel) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def main(wheels):
    over = False
    for name, lines in sorted(lines_of_files(ROOT).items()):
        if lines > (LONG_TEST if name.startswith("tests/") else LONG):
            over = over or lines > MOST_LINES
            print(f"{name}: {lines} lines{': too many' if lines > MOST_LINES else ''}")
    for wheel in wheels:
        size = installed_bytes(wheel)
        over = over or size > MOST_BYTES
        print(f"{Path(wheel).name}: {size / 1e6:.1f} of {MOST_BYTES / 1e6:.0f} MB installed")
    return int(over)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
