# cython: language_level=3, boundscheck=False, wraparound=False
"""Memory of devices shared with other libraries, by DLPack and by `__cuda_array_interface__`.

The host's memory is shared by NumPy. What others may still read or write on streams of their own is
kept from reuse: see Device.free_lent.
"""

from cpython.pycapsule cimport (
    PyCapsule_GetPointer, PyCapsule_IsValid, PyCapsule_New, PyCapsule_SetName,
)
from cpython.ref cimport Py_DECREF, Py_INCREF
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint64_t
from libc.stdlib cimport free, malloc

from ..device.memory cimport Device
from .array cimport ArrayBase, wrap_memory

import numpy as np

from ..base import MXNetMemoryError, MXNetTypeError, MXNetValueError
from ..device.context import Context
from ..device.memory import device_of

cdef struct DLTensor:
    void *data
    int32_t device_type
    int32_t device_id
    int32_t ndim
    uint8_t code
    uint8_t bits
    uint16_t lanes
    int64_t *shape
    int64_t *strides
    uint64_t byte_offset

cdef struct DLManagedTensor:
    DLTensor tensor
    void *owner
    void (*deleter)(DLManagedTensor *) noexcept

CUDA = 2                       # a DLDeviceType
LEGACY_STREAM = 1              # CUDA's default stream
cdef dict TYPES = {            # dtype -> (DLDataTypeCode, bits)
    "float32": (2, 32), "float64": (2, 64), "float16": (2, 16), "bfloat16": (4, 16),
    "int8": (0, 8), "int32": (0, 32), "int64": (0, 64), "uint8": (1, 8), "bool": (6, 8),
}
cdef dict NAMES = {code: name for name, code in TYPES.items()}


def kind_of(ArrayBase array not None):
    """(DLDeviceType, number) of a device's memory; raises BufferError where DLPack has no
    name for the device."""
    if array.spec.device.dlpack_type == 0:
        raise BufferError(f"an array on {array.spec.ctx} has no host memory, nor any that DLPack "
                          "knows; copy it with as_in_context(mx.cpu())")
    return array.spec.device.dlpack_type, array.spec.device.number


def exported(ArrayBase array not None, stream=None, max_version=None, dl_device=None, copy=None):
    """A DLPack capsule over the array's memory, whose values are there for `stream` of its device.

    stream: a handle of CUDA; None: the default stream; -1: the caller has waited. Raises
    BufferError for a copy or another device, which are not made.
    """
    cdef DLManagedTensor *managed
    cdef int64_t *shape
    device = kind_of(array)
    if copy or dl_device not in (None, device):
        raise BufferError(f"an array on {array.spec.ctx} is shared as it is; copy it first")
    if stream is None or stream == 0:
        stream = LEGACY_STREAM
    managed = <DLManagedTensor *>malloc(sizeof(DLManagedTensor)
                                        + sizeof(int64_t) * (array.spec.ndim + 1))
    if managed == NULL:
        raise MXNetMemoryError("no memory to share an array")
    shape = <int64_t *>(managed + 1)
    for i in range(array.spec.ndim):
        shape[i] = array.spec.shape[i]
    code, bits = TYPES[array.spec.dtype]
    managed.tensor = DLTensor(array.data, device[0], device[1], array.spec.ndim, code, bits, 1,
                              shape, NULL, 0)
    managed.owner, managed.deleter = <void *>array, release
    try:
        lend(array, stream)
        capsule = PyCapsule_New(managed, "dltensor", destroy)
    except BaseException:
        free(managed)
        raise
    Py_INCREF(array)
    return capsule


cdef int lend(ArrayBase array, stream) except -1:
    array.storage.is_lent = True
    if stream != -1:
        array.spec.device.show(stream)
    return 0


cdef void release(DLManagedTensor *managed) noexcept with gil:
    """Called by the consumer when it is done."""
    Py_DECREF(<object>managed.owner)
    free(managed)


cdef void destroy(object capsule) noexcept:
    """Called when the capsule goes, which nobody may have consumed."""
    cdef DLManagedTensor *managed
    if PyCapsule_IsValid(capsule, "dltensor"):
        managed = <DLManagedTensor *>PyCapsule_GetPointer(capsule, "dltensor")
        managed.deleter(managed)


def interface_of(ArrayBase array not None):
    """`__cuda_array_interface__`, version 3; raises AttributeError where there can be none."""
    if array.is_sparse or array.spec.device.dlpack_type != CUDA or array.spec.dtype == "bfloat16":
        raise AttributeError(f"an array {array.spec} has no __cuda_array_interface__")
    lend(array, -1)
    return {"shape": array.spec.shape, "typestr": np.dtype(array.spec.dtype).str, "version": 3,
            "data": (<size_t>array.data if array.spec.size else 0, False), "strides": None,
            "stream": array.spec.device.stream}


# ---------------------------------------------------------------- from others

cdef class Foreign:
    """Memory of another library on a device, given back when no work of ours can use it."""
    cdef DLManagedTensor *managed
    cdef object owner
    cdef Device device

    def __dealloc__(self):
        if self.device is not None:
            self.device.settle()
        if self.managed != NULL and self.managed.deleter != NULL:
            self.managed.deleter(self.managed)


def imported(source, function):
    """An array over the memory of an object on a GPU that has `__dlpack__`, or is a capsule, or has
    `__cuda_array_interface__`; function: for messages."""
    cdef Foreign memory = Foreign.__new__(Foreign)
    cdef DLTensor *tensor
    if hasattr(source, "__cuda_array_interface__") and not hasattr(source, "__dlpack__"):
        return of_interface(source, function)
    if hasattr(source, "__dlpack__"):
        device = device_of(Context("gpu", source.__dlpack_device__()[1]))
        source = source.__dlpack__(stream=device.stream)
    if not PyCapsule_IsValid(source, "dltensor"):
        raise MXNetTypeError(f"{function}: a capsule named 'dltensor' that nobody has used must be "
                             f"given; got {source!r}")
    memory.managed = <DLManagedTensor *>PyCapsule_GetPointer(source, "dltensor")
    PyCapsule_SetName(source, "used_dltensor")
    tensor = &memory.managed.tensor
    ctx = Context("gpu", tensor.device_id)
    memory.device = device_of(ctx)
    dtype = NAMES.get((tensor.code, tensor.bits)) if tensor.lanes == 1 else None
    if dtype is None:
        raise MXNetTypeError(f"{function}: no dtype for type code {tensor.code}, {tensor.bits} bits"
                             f", {tensor.lanes} lanes")
    shape = tuple([tensor.shape[i] for i in range(tensor.ndim)])
    if tensor.strides != NULL:
        need_contiguous(function, shape, tuple([tensor.strides[i] for i in range(tensor.ndim)]))
    return wrap_memory(<size_t>tensor.data + tensor.byte_offset, ctx, shape, dtype, memory, False)


def capsule_device(capsule):
    """The DLDeviceType of a capsule's memory; 0 for what is none."""
    if not PyCapsule_IsValid(capsule, "dltensor"):
        return 0
    return (<DLManagedTensor *>PyCapsule_GetPointer(capsule, "dltensor")).tensor.device_type


def is_versioned(capsule):
    """Whether a capsule is one of DLPack 1.0, which says whether its memory may be written to."""
    return bool(PyCapsule_IsValid(capsule, "dltensor_versioned"))


cdef object of_interface(source, function):
    cdef Foreign memory = Foreign.__new__(Foreign)
    interface = source.__cuda_array_interface__
    address, is_read_only = interface["data"]
    numpy_dtype = np.dtype(interface["typestr"])
    if numpy_dtype.name not in TYPES or not numpy_dtype.isnative:
        raise MXNetTypeError(f"{function}: no dtype for {interface['typestr']!r}")
    shape = tuple(interface["shape"])
    strides = interface.get("strides")
    if strides is not None:
        need_contiguous(function, shape,
                        tuple([stride // numpy_dtype.itemsize for stride in strides]))
    ctx = Context("gpu", device_number(address))
    memory.owner, memory.device = source, device_of(ctx)
    stream = interface.get("stream", LEGACY_STREAM)
    if stream is not None:                  # None: its values are there
        memory.device.see(stream)
    return wrap_memory(address, ctx, shape, numpy_dtype.name, memory, is_read_only)


cdef object device_number(address):
    """Which GPU an address is of; 0 for no address."""
    return device_of(Context("gpu", 0)).number_of(address) if address else 0


cdef int need_contiguous(function, tuple shape, tuple strides) except -1:
    expected = 1
    for length, stride in zip(reversed(shape), reversed(strides)):
        if length != 1 and stride != expected and 0 not in shape:
            raise MXNetValueError(f"{function}: an array on a GPU must be C-contiguous; got strides"
                                  f" {strides} for shape {shape}")
        expected *= length
    return 0
