"""Compiling for setup.py: each object once, again only when something that it depends on changed.

`ObjectCache` keeps objects in build/objects, in a folder for each set of flags. Beside an object
lies a record of the files that it was made of (the compiler lists them, headers too) and their
digests; an object whose record does not fit the files as they are now is compiled anew. So it does
not matter who builds (an editable install, a wheel, `setup.py build_ext`), nor what the clock said.
"""

import hashlib
import json
import os
import shlex
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from setuptools.command.build_ext import build_ext


def digest(data):
    """Of bytes, or of anything that JSON can hold."""
    if not isinstance(data, bytes):
        data = json.dumps(data).encode()
    return hashlib.sha256(data).hexdigest()[:16]


def dependencies(text):
    """The files that a rule of `gcc -MMD` names: 'x.o: x.c x.h' -> ['x.c', 'x.h']."""
    return shlex.split(text.replace("\\\n", " "))[1:]


class FileDigests:
    """Digests of files as they are now, each read once; None where there is none."""

    def __init__(self):
        self._known = {}

    def __getitem__(self, path):
        if path not in self._known:
            try:
                self._known[path] = digest(Path(path).read_bytes())
            except OSError:
                self._known[path] = None
        return self._known[path]

    def all_fit(self, record):
        """Whether all files of {path: digest} are what the record says."""
        return all(self[path] == known for path, known in record.items())


def read_record(path):
    """{path: digest}; {} where there is none."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}


class ObjectCache:
    """Objects under `folder`; `compiler`: a UnixCCompiler of setuptools."""

    def __init__(self, compiler, folder="build/objects"):
        self._compiler = compiler
        self._folder = Path(folder)
        self._files = FileDigests()
        self._pool = ThreadPoolExecutor(os.cpu_count())
        self._lock = Lock()
        self._objects = {}      # (source, key) -> future of the object's path
        version = subprocess.run([*compiler.compiler_so[:1], "--version"], capture_output=True,
                                 text=True, check=True)
        self._version = version.stdout.splitlines()[0]

    def key(self, macros, include_dirs, flags):
        """The name of the folder for objects compiled so."""
        return digest([self._version, self._compiler.compiler_so,
                       [str(folder) for folder in self._compiler.include_dirs],
                       macros, include_dirs, flags])

    def object(self, source, macros, include_dirs, flags):
        """A future of the path of source's object."""
        place = source, self.key(macros, include_dirs, flags)
        with self._lock:
            if place not in self._objects:
                self._objects[place] = self._pool.submit(
                    self._fresh, *place, macros, include_dirs, flags)
            return self._objects[place]

    def _fresh(self, source, key, macros, include_dirs, flags):
        folder = self._folder / key
        path = folder / Path(source).with_suffix(".o")
        record, rule = path.with_suffix(".json"), path.with_suffix(".d")
        known = read_record(record)
        if source in known and path.exists() and self._files.all_fit(known):
            return str(path)
        record.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        start = time.time()
        self._compiler.compile([source], output_dir=str(folder), macros=macros,
                               include_dirs=include_dirs,
                               extra_postargs=[*flags, "-MMD", "-MF", str(rule)])
        names = dependencies(rule.read_text())
        if all(os.stat(name).st_mtime < start for name in names):    # else edited meanwhile
            record.write_text(json.dumps({name: self._files[name] for name in names}))
        return str(path)


class BuildCached(build_ext):
    """build_ext with an ObjectCache, as many files at a time as there are CPUs.

    An extension is linked anew when its objects or flags changed. `flags_of(ext, source)`: the
    flags of one of its files."""

    def finalize_options(self):
        super().finalize_options()
        self.force = True        # digests tell what is up to date; setuptools would ask the clock

    def flags_of(self, ext, source):
        return ext.extra_compile_args

    def build_extensions(self):
        self.check_extensions_list(self.extensions)
        self._cache = ObjectCache(self.compiler)
        with ThreadPoolExecutor(len(self.extensions)) as extensions:
            for built in [extensions.submit(self.build_extension, ext) for ext in self.extensions]:
                built.result()

    def build_extension(self, ext):
        futures = [self._cache.object(source, ext.define_macros, ext.include_dirs,
                                      self.flags_of(ext, source)) for source in ext.sources]
        objects = [future.result() for future in futures]
        path = self.get_ext_fullpath(ext.name)
        how = digest([self.compiler.linker_so, ext.extra_link_args, objects])
        record = Path("build/objects/linked", f"{digest(os.path.abspath(path))}.json")
        known = read_record(record)
        if known.pop("how", None) == how and FileDigests().all_fit(known):
            return
        self.compiler.link_shared_object(
            objects, path, extra_postargs=ext.extra_link_args,
            export_symbols=self.get_export_symbols(ext), build_temp=self.build_temp,
            target_lang="c")
        files = FileDigests()
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(json.dumps({"how": how} | {name: files[name]
                                                     for name in [*objects, path]}))
