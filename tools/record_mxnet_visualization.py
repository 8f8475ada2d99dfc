"""Record what MXNet 1.9.1 prints and draws of the networks of tests/viz_networks.py.

    ~/.cache/mxlite-reference/mxnet/bin/python tools/record_mxnet_visualization.py

It writes tests/recordings/visualization.json, which tests/test_visualization.py compares with
mxlite: "summaries", the lines that print_summary prints; "plots", the lines of the DOT source.
"""

import contextlib
import io
import json
import sys
from pathlib import Path

import mxnet as mx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from viz_networks import PLOTS, SUMMARIES  # noqa: E402


def printed(make, settings):
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        mx.viz.print_summary(make(mx.sym), **settings)
    return text.getvalue().splitlines()


recorded = {
    "summaries": [printed(*case) for case in SUMMARIES],
    "plots": [mx.viz.plot_network(make(mx.sym), **settings).source.splitlines()
              for make, settings in PLOTS],
}
path = ROOT / "tests/recordings/visualization.json"
path.write_text(json.dumps(recorded, indent=0) + "\n")
print(path, path.stat().st_size)
