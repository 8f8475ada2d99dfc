"""Names of MXNet's module `base` that nothing else here needs."""

from __future__ import annotations

from typing import Any

# MXNet's handles, which are plain pointers of C
HANDLES = frozenset(f"{kind}Handle" for kind in (
    "CachedOp", "CudaKernel", "CudaModule", "DLPack", "DataIter", "DataIterCreator", "Executor",
    "Function", "KVStore", "NDArray", "Op", "Profile", "RecordIO", "Rtc", "Symbol"))


class classproperty:
    """A property of a class: `@classproperty def name(cls)`."""

    def __init__(self, func: Any) -> None:
        self._function = func

    def __get__(self, instance: Any, owner: type) -> Any:
        return self._function(owner)


def with_metaclass(meta: Any, *bases: type) -> Any:
    """What a class statement has as its base for a class of this metaclass and these bases."""
    def make(name: str, _: Any, namespace: dict[str, Any]) -> Any:
        return meta(name, bases, namespace)

    stand_in = type("with_metaclass", (type,), {
        "__new__": lambda cls, name, given, namespace: make(name, given, namespace)})
    return type.__new__(stand_in, "with_metaclass", (), {})


class _NullType:
    """The class of `_Null`, MXNet's default of parameters that nobody gave."""

    def __repr__(self) -> str:
        return "_Null"


_Null = _NullType()

# what MXNet's base has of its C library, which is not here -> what to use instead
OF_C_LIBRARY = {
    **dict.fromkeys(
        ["_LIB", "_load_lib", "check_call", "get_last_ffi_error", "c2pyerror", "MXCallbackList"],
        "call operators by mx.nd and mx.sym, and write your own with mx.operator.CustomOp"),
    **dict.fromkeys(
        ["c_array", "c_array_buf", "c_handle_array", "c_str_array", "mx_uint", "mx_int",
         "mx_int64", "mx_float", "mx_float_p"],
        "pass NDArrays to operators; for other libraries of C, ctypes has such types and arrays"),
    **dict.fromkeys(
        ["ctypes2buffer", "ctypes2numpy_shared"],
        "numpy.ctypeslib.as_array makes an array of memory of C"),
}
