"""`mx.rtc`: CUDA kernels of users, compiled while the program runs."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .base import MXNetError, MXNetKeyError, MXNetTypeError, MXNetValueError
from .cuda.compiler import compile_kernels
from .cuda.driver import Gpu
from .device.context import Context
from .device.memory import device_of
from .ndarray import NDArray
from .ndarray.array import will_write_to
from .ndarray.host_values import numpy_dtype
from .wording import listing

_DTYPES = {
    "float": "float32", "double": "float64", "__half": "float16", "__nv_bfloat16": "bfloat16",
    "uint8_t": "uint8", "int": "int32", "int32_t": "int32", "int8_t": "int8", "char": "int8",
    "int64_t": "int64", "bool": "bool",
}
_PARAMETER = re.compile(r"\s*(const\s)?\s*(\w+)\s*(\*)?\s*(\w+)?\s*")


class _Parameter(NamedTuple):
    dtype: str
    is_array: bool
    is_const: bool


class CudaModule:
    """Kernels from the text of a CUDA program, compiled by NVRTC for the GPU they are launched on.

        source = r'''
        extern "C" __global__ void axpy(const float *x, float *y, float alpha) {
          const int i = threadIdx.x + blockIdx.x * blockDim.x;
          y[i] += alpha * x[i];
        }'''
        axpy = mx.rtc.CudaModule(source).get_kernel(
            "axpy", "const float *x, float *y, float alpha")
        axpy.launch([x, y, 3.0], mx.gpu(0), (1, 1, 1), (10, 1, 1))

    options: flags of the compiler, such as "-I/usr/local/cuda/include". exports: the names, such as
    "axpy<float>", of kernels that are not `extern "C"`, instances of templates among them.

    Raises MXNetError, with what the compiler says, where the source is wrong, and
    MXNetNotImplementedError where there is no GPU or no NVRTC.
    """

    def __init__(self, source: str, options: str | Sequence[str] = (),
                 exports: str | Sequence[str] = ()) -> None:
        if not isinstance(source, str):
            raise MXNetTypeError(f"CudaModule: source must be a str; got {type(source).__name__}")
        self._source = source
        self._options = _texts("options", options)
        self._exports = _texts("exports", exports)
        self._modules: dict[int, tuple[int, dict[str, str]]] = {}   # of GPUs: handle, names in it
        self._images: dict[int, tuple[bytes, dict[str, str]]] = {}  # of compute capabilities
        self._compiled(_gpu(0).arch)

    def _compiled(self, arch: int) -> tuple[bytes, dict[str, str]]:
        if arch not in self._images:
            self._images[arch] = compile_kernels(self._source, "CudaModule", arch, self._options,
                                                 self._exports)
        return self._images[arch]

    def _function(self, name: str, gpu: Gpu) -> int:
        """The handle of a kernel on a GPU."""
        image, names = self._compiled(gpu.arch)
        if gpu.number not in self._modules:
            self._modules[gpu.number] = gpu.load(image), names
        handle, names = self._modules[gpu.number]
        return gpu.function(handle, names.get(name, name))

    def get_kernel(self, name: str, signature: str) -> CudaKernel:
        """The kernel of this name, with the parameters of its declaration, "const float *x, int n",
        whose names may be left out; `*` marks an array, which `const` ones only read.

        Raises MXNetKeyError for a name that is neither exported nor `extern "C"`.
        """
        try:
            self._function(name, _gpu(0))
        except MXNetError as error:
            raise MXNetKeyError(f"CudaModule: there is no kernel {name!r}: {error}") from None
        return CudaKernel(self, name, [_parameter(part) for part in signature.split(",")
                                       if signature.strip()])


class CudaKernel:
    """A kernel of a CudaModule, whose `get_kernel` makes it."""

    def __init__(self, module: CudaModule, name: str, parameters: list[_Parameter]) -> None:
        self._module, self._name, self._parameters = module, name, parameters
        self._functions: dict[int, int] = {}        # handles on GPUs

    def launch(self, args: Sequence[Any], ctx: Context, grid_dims: Sequence[int],
               block_dims: Sequence[int], shared_mem: int = 0) -> None:
        """Queue the kernel on a GPU, in order with the operators there.

        args: an array on that GPU, of the parameter's dtype, for each pointer, and a number for
        each other parameter. grid_dims, block_dims: three lengths. shared_mem: bytes of dynamic
        shared memory. What the kernel writes, autograd does not see.
        """
        if not isinstance(ctx, Context) or ctx.device_type != "gpu":
            raise MXNetValueError(f"{self._name}: ctx must be a GPU; got {ctx!r}")
        dims = [_dims(self._name, "grid_dims", grid_dims),
                _dims(self._name, "block_dims", block_dims)]
        if len(args) != len(self._parameters):
            raise MXNetValueError(f"{self._name}: takes {len(self._parameters)} arguments; got "
                                  f"{len(args)}")
        values = [self._value(i, argument, ctx) for i, argument in enumerate(args)]
        for argument, parameter in zip(args, self._parameters, strict=True):
            if parameter.is_array and not parameter.is_const:
                will_write_to(argument)
        gpu = _gpu(ctx.device_id)
        if gpu.number not in self._functions:
            self._functions[gpu.number] = self._module._function(self._name, gpu)
        gpu.launch(self._functions[gpu.number], dims[0], dims[1], shared_mem, values)

    def _value(self, i: int, argument: Any, ctx: Context) -> Any:
        """An argument as the kernel gets it."""
        parameter = self._parameters[i]
        if not parameter.is_array:
            if isinstance(argument, NDArray):
                raise MXNetTypeError(f"{self._name}: argument {i} must be a number; got an NDArray")
            value = np.array(argument, numpy_dtype(parameter.dtype))
            return (ctypes.c_char * value.nbytes).from_buffer_copy(value.tobytes())
        if not isinstance(argument, NDArray):
            raise MXNetTypeError(f"{self._name}: argument {i} must be an NDArray; got "
                                 f"{type(argument).__name__}")
        if argument.ctx != ctx or argument._dtype_name != parameter.dtype:
            raise MXNetValueError(f"{self._name}: argument {i} must be {parameter.dtype} on {ctx}; "
                                  f"got {argument._dtype_name} on {argument.ctx}")
        return ctypes.c_void_p(argument._address)


def _gpu(number: int) -> Gpu:
    gpu: Gpu = device_of(Context("gpu", number)).gpu  # type: ignore[attr-defined]
    return gpu


def _texts(name: str, given: str | Sequence[str]) -> tuple[str, ...]:
    texts = (given,) if isinstance(given, str) else tuple(given)
    if not all([isinstance(text, str) for text in texts]):
        raise MXNetTypeError(f"CudaModule: {name} must be a list of str; got {given!r}")
    return texts


def _parameter(text: str) -> _Parameter:
    match = _PARAMETER.fullmatch(text)
    if match is None or match[2] == "const":
        raise MXNetValueError("CudaModule.get_kernel: signature must be like 'const float *x, int "
                              f"n'; got {text.strip()!r} in it")
    if match[2] not in _DTYPES:
        raise MXNetTypeError("CudaModule.get_kernel: the types of parameters are "
                             f"{listing(list(_DTYPES))}; got {match[2]!r}")
    return _Parameter(_DTYPES[match[2]], match[3] is not None, match[1] is not None)


def _dims(kernel: str, name: str, dims: Sequence[int]) -> tuple[int, int, int]:
    if len(dims) != 3 or not all([isinstance(length, int) and length > 0 for length in dims]):
        raise MXNetValueError(f"{kernel}: {name} must be three lengths of at least 1; got {dims!r}")
    return dims[0], dims[1], dims[2]
