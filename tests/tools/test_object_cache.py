"""tools/object_cache.py: an object is compiled anew when what it was made of changed, not else."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("setuptools")
PATH = Path(__file__).parents[2] / "tools" / "object_cache.py"
SPEC = importlib.util.spec_from_file_location("object_cache", PATH)
object_cache = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(object_cache)


class Compiler:
    """What ObjectCache takes from setuptools' compiler; `compiled`: the sources it was given."""

    compiler_so = ("cc",)
    include_dirs = ()

    def __init__(self):
        self.compiled = []

    def compile(self, sources, output_dir, macros, include_dirs, extra_postargs):
        self.compiled += sources
        for source in sources:
            subprocess.run(
                ["cc", "-c", source, "-o", Path(output_dir) / Path(source).with_suffix(".o"),
                 *[f"-D{name}={value}" for name, value in macros], *extra_postargs], check=True)


@pytest.fixture
def compiled(tmp_path, monkeypatch):
    """compiled(flags): the sources that a build compiles; of a.c with a.h, and b.c."""
    monkeypatch.chdir(tmp_path)
    Path("a.h").write_text("enum { VALUE = 1 };\n")
    Path("a.c").write_text('#include "a.h"\nint a(void) { return VALUE; }\n')
    Path("b.c").write_text("int b(void) { return 2; }\n")

    def build(flags=()):
        compiler = Compiler()
        cache = object_cache.ObjectCache(compiler)
        paths = [cache.object(source, [], [], list(flags)).result() for source in ("a.c", "b.c")]
        assert all(Path(path).exists() for path in paths)
        return sorted(compiler.compiled)

    return build


def test_unchanged_files_are_not_compiled_again(compiled):
    assert compiled() == ["a.c", "b.c"]
    os.utime("a.c")                                  # newer, but the same
    assert compiled() == []


def test_a_changed_source_and_a_changed_header(compiled):
    compiled()
    Path("b.c").write_text("int b(void) { return 3; }\n")
    assert compiled() == ["b.c"]
    Path("a.h").write_text("enum { VALUE = 2 };\n")
    os.utime("a.h", (0, 0))                          # older than the object
    assert compiled() == ["a.c"]


def test_other_flags_are_other_objects(compiled):
    compiled()
    assert compiled(["-O1"]) == ["a.c", "b.c"]
    assert compiled() == []


def test_a_compilation_that_failed_leaves_no_object(compiled):
    compiled()
    good = Path("b.c").read_text()
    Path("b.c").write_text("int b(void) { return undeclared; }\n")
    with pytest.raises(subprocess.CalledProcessError):
        compiled()
    Path("b.c").write_text(good)
    assert compiled() == ["b.c"]


def test_a_damaged_record_is_no_record(compiled):
    compiled()
    for record in Path("build/objects").rglob("b.json"):
        record.write_text("{")
    assert compiled() == ["b.c"]


MODULE = """
#include <Python.h>
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "number", NULL, -1, NULL};
PyMODINIT_FUNC PyInit_number(void) {
  PyObject *made = PyModule_Create(&module);
  PyModule_AddIntConstant(made, "VALUE", VALUE);
  return made;
}
"""


def test_an_extension_is_linked_anew_from_objects_that_are_older(tmp_path, monkeypatch):
    from setuptools import Distribution, Extension

    monkeypatch.chdir(tmp_path)
    Path("number.c").write_text(MODULE)

    def value(number):
        ext = Extension("number", ["number.c"], define_macros=[("VALUE", str(number))])
        command = object_cache.BuildCached(Distribution({"ext_modules": [ext]}))
        command.inplace = True
        command.ensure_finalized()
        command.run()
        code = "import number; print(number.VALUE)"
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                              check=True).stdout

    assert [value(1), value(2), value(1)] == ["1\n", "2\n", "1\n"]


def test_dependencies_of_a_rule():
    assert object_cache.dependencies("x.o: x.c \\\n a\\ b.h y.h\n") == ["x.c", "a b.h", "y.h"]
