"""Records graphs in the JSON of MXNet 1.9.1, and what it makes of files in older or odd layouts.

    python tools/record_mxnet_symbols.py

Run it with MXNet's Python; it writes tests/recordings/symbols.json, which the tests in tests/symbol
compare with mxlite:

    "graphs": {function of tests/symbol_graphs.py: its JSON}
    "operators": {title: its JSON}, the calls of symbol_graphs.operator_calls()
    "names": {name of an operator: the name that is written for it}, where they are not the same
    "files": {title: [a file of tests/symbol_files.py, JSON after loading; null: an error]}
"""

import ctypes
import json
import platform
import sys
import warnings
from pathlib import Path

import mxnet as mx
from mxnet.base import _LIB, check_call

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from symbol_files import files  # noqa: E402
from symbol_graphs import GRAPHS, graph, operator_calls, operator_node  # noqa: E402

warnings.simplefilter("ignore")


def operators():
    texts = {}
    for title, call in operator_calls().items():
        node = operator_node(mx, *call)
        if node is None:
            print("no node:", title)
        else:
            texts[title] = node.tojson()
    return texts


def names():
    """What is written for every name of an operator that is not the one that is written."""
    count, every = ctypes.c_uint(), ctypes.POINTER(ctypes.c_char_p)()
    check_call(_LIB.MXListAllOpNames(ctypes.byref(count), ctypes.byref(every)))
    written = {}
    for i in sorted(range(count.value), key=lambda i: every[i]):
        handle, own = ctypes.c_void_p(), ctypes.c_char_p()
        check_call(_LIB.NNGetOpHandle(every[i], ctypes.byref(handle)))
        check_call(_LIB.MXSymbolGetAtomicSymbolName(handle, ctypes.byref(own)))
        if own.value != every[i]:
            written[every[i].decode()] = own.value.decode()
    return written


def loaded(text):
    try:
        return mx.sym.load_json(text).tojson()
    except (mx.base.MXNetError, UnicodeDecodeError):
        return None


def main():
    kept = {
        "provenance": {"mxnet": mx.__version__, "python": platform.python_version()},
        "graphs": {function.__name__: graph(mx, function).tojson() for function in GRAPHS},
        "operators": operators(),
        "names": names(),
        "files": {title: [text, loaded(text)] for title, text in files().items()},
    }
    path = ROOT / "tests/recordings/symbols.json"
    path.write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    print({key: len(value) for key, value in kept.items()}, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
