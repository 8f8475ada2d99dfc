"""Write tests/api.txt: the public names of mxlite with their signatures, a line each.

    python tools/api_snapshot.py [--check]    --check: write nothing, show what differs, exit with 1

A public name of a module is in `__all__`, or, where there is none, it is defined there or imported
as `x as x`, with no underscore in front. A class has a line, and a line for every public member but
those of a base that has its own. Operators are not repeated: their signatures are in
mxlite/ndarray/op.pyi, image.pyi and linalg.pyi, which tools/gen_stubs.py writes.
"""

import ast
import difflib
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import mxlite as mx  # noqa: E402
from mxlite.ndarray.function import OpFunction  # noqa: E402

SNAPSHOT = ROOT / "tests/api.txt"
MODULES = """
    mx mx.attribute mx.autograd mx.base mx.callback mx.context mx.contrib.io mx.contrib.onnx
    mx.contrib.quantization mx.contrib.svrg_optimization.svrg_module mx.contrib.tensorboard
    mx.contrib.text.embedding mx.contrib.text.utils mx.contrib.text.vocab mx.engine mx.error
    mx.gluon mx.gluon.contrib.cnn mx.gluon.contrib.estimator mx.gluon.contrib.nn
    mx.gluon.contrib.rnn mx.gluon.data mx.gluon.data.batchify mx.gluon.data.vision
    mx.gluon.data.vision.transforms mx.gluon.loss mx.gluon.model_zoo.model_store
    mx.gluon.model_zoo.vision mx.gluon.nn mx.gluon.rnn mx.gluon.utils mx.image mx.init mx.io
    mx.kvstore mx.libinfo mx.log mx.lr_scheduler mx.metric mx.mod mx.model mx.monitor mx.name
    mx.nd mx.nd.contrib mx.nd.image mx.nd.linalg mx.nd.random mx.np mx.np.linalg mx.np.random
    mx.npx mx.npx.image mx.npx.random mx.onnx mx.optimizer mx.profiler mx.random mx.recordio
    mx.registry mx.rnn mx.rtc mx.runtime mx.test_utils mx.util mx.viz""".split()


def module_of(path):
    """The module that a user reaches under this name."""
    module = mx
    for name in path.split(".")[1:]:
        module = getattr(module, name)
    return module


def is_from_mxlite(value):
    return (getattr(value, "__module__", None) or "").split(".")[0] == "mxlite"


def exported(module):
    """`__all__`, or what is defined in the module and what it imports as its own (`x as x`)."""
    if module is mx:
        return [*mx._NAMES]
    if hasattr(module, "__all__"):
        return module.__all__
    if module.__name__.startswith("mxlite.numpy"):      # whose functions are made of a table
        return dir(module)
    imports = [alias for node in ast.walk(ast.parse(inspect.getsource(module)))
               if isinstance(node, ast.ImportFrom) for alias in node.names]
    return [alias.name for alias in imports if alias.asname == alias.name] + [
        name for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__]


def public_names(module):
    """[(name, value)] of the functions, classes and values that the module offers."""
    for name in sorted(set(exported(module))):
        value = getattr(module, name)
        if not name.startswith("_") and not isinstance(value, (ModuleType, OpFunction)):
            yield name, value


def signature_of(value):
    """The signature without annotations, defaults without addresses; "" of exceptions."""
    if isinstance(value, type) and issubclass(value, Exception):
        return ""
    if isinstance(value, type) and value.__module__ == "builtins":      # told only by newer Pythons
        return "(...)"
    # Of a class, that of __init__: between an inherited one and __new__ Pythons choose variously.
    is_class = isinstance(value, type) and inspect.isfunction(value.__init__)
    try:
        signature = inspect.signature(value.__init__ if is_class else value)
    except (TypeError, ValueError):
        return "(...)"
    parameters = [parameter.replace(annotation=inspect.Parameter.empty)
                  for parameter in signature.parameters.values()][int(is_class):]
    plain = re.sub(r"<(\w+)[^<>]* at 0x[0-9a-f]+>", r"<\1>", str(inspect.Signature(parameters)))
    return re.sub(r"<module '([\w.]+)'[^<>]*>", r"<module \1>", plain)


def member_lines(path, cls, public):
    """The public members of a class, but those of a base that has lines of its own."""
    for name in sorted(dir(cls)):
        owner = next((base for base in cls.__mro__ if name in vars(base)), object)
        if name.startswith("_") or not is_from_mxlite(owner) or owner in public - {cls}:
            continue
        value = inspect.getattr_static(cls, name)
        if isinstance(value, (staticmethod, classmethod)):
            value = value.__func__
        is_method = callable(value) and not isinstance(value, (type, OpFunction))
        yield f"{path}.{name}{signature_of(value) if is_method else ''}"


def snapshot():
    """The text of tests/api.txt."""
    values = {f"{path}.{name}": value for path in MODULES
              for name, value in public_names(module_of(path))}
    home = {}       # class -> its longest name: mx.gluon.nn.Dense, where its members are listed
    for path, value in values.items():
        if isinstance(value, type) and path.count(".") >= home.get(value, path).count("."):
            home[value] = path
    lines = []
    for path, value in values.items():
        lines.append(f"{path}{signature_of(value) if callable(value) else ''}")
        if home.get(value if isinstance(value, type) else None) == path:
            lines += member_lines(path, value, set(home))
    return "\n".join(lines) + "\n"


def main():
    text = snapshot()
    if "--check" not in sys.argv[1:]:
        SNAPSHOT.write_text(text)
        return 0
    difference = list(difflib.unified_diff(SNAPSHOT.read_text().splitlines(), text.splitlines(),
                                           "tests/api.txt", "mxlite", n=0, lineterm=""))
    print("\n".join(difference))
    return int(bool(difference))


if __name__ == "__main__":
    sys.exit(main())
