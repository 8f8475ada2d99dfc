# cython: language_level=3, boundscheck=False, wraparound=False
"""The hot half of NDArray: memory, Python's operators, and running prepared calls."""

import numbers

cimport cython
cimport numpy as np
from cpython.buffer cimport PyBUF_FORMAT, PyBUF_ND, PyBUF_STRIDES
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from ..device.core cimport (
    HOST, KERNEL, MAX_ARGS, VIEW, Operator, Prepared, Spec, Storage, find, make_spec, mx_scalar,
    new_storage, prepare_for, raise_status,
)

from ..base import DTYPES, MXNetError, MXNetIndexError, MXNetTypeError, MXNetValueError
from ..device.context import current_context

np.import_array()

cdef extern from *:
    """
    static _Thread_local mx_flags thread_flags;
    static mx_flags *mx_thread_flags(void) { return &thread_flags; }
    static inline PyObject *mx_blank(PyObject *type, PyObject *no_args) {
      return ((PyTypeObject *)type)->tp_new((PyTypeObject *)type, no_args, NULL);
    }
    """
    object mx_blank(PyObject *type, object no_args)
    Flags *mx_thread_flags() noexcept nogil

cdef Flags *flags() noexcept nogil:
    """This thread's switches: recording, training."""
    return mx_thread_flags()


cdef record_function record_hook = NULL
cdef tuple NO_ARGS = ()
cdef PyObject *ARRAY_TYPE = <PyObject *>ArrayBase
cdef dict NUMPY_TYPES = {
    "float32": np.NPY_FLOAT32, "float64": np.NPY_FLOAT64, "float16": np.NPY_FLOAT16,
    "uint8": np.NPY_UINT8, "int32": np.NPY_INT32, "int8": np.NPY_INT8, "int64": np.NPY_INT64,
    "bool": np.NPY_BOOL, "bfloat16": np.NPY_UINT16,
}
cdef dict FORMATS = {
    "float32": b"f", "float64": b"d", "float16": b"e", "uint8": b"B", "int32": b"i", "int8": b"b",
    "int64": b"q", "bool": b"?",
}
# Python's operators: name -> (array op array, array op scalar, scalar op array)
cdef Operator ADD, ADD_S, SUB, SUB_S, RSUB_S, MUL, MUL_S, DIV, DIV_S, RDIV_S, MOD, MOD_S, RMOD_S
cdef Operator POW, POW_S, RPOW_S, EQ, EQ_S, NE, NE_S, GT, GT_S, GE, GE_S, LT, LT_S, LE, LE_S
cdef object from_anything, get_item, set_item, get_key


def bind_operators(type array_type, convert, getitem, setitem, random_key, dict table):
    """Called once by the package: the NDArray class, and the operators behind + - * / ..."""
    global ARRAY_TYPE, from_anything, get_item, set_item, get_key
    global ADD, ADD_S, SUB, SUB_S, RSUB_S, MUL, MUL_S, DIV, DIV_S, RDIV_S, MOD, MOD_S, RMOD_S
    global POW, POW_S, RPOW_S, EQ, EQ_S, NE, NE_S, GT, GT_S, GE, GE_S, LT, LT_S, LE, LE_S
    ARRAY_TYPE = <PyObject *>array_type
    from_anything, get_item, set_item, get_key = convert, getitem, setitem, random_key
    ADD, ADD_S = table["broadcast_add"], table["_plus_scalar"]
    SUB, SUB_S, RSUB_S = table["broadcast_sub"], table["_minus_scalar"], table["_rminus_scalar"]
    MUL, MUL_S = table["broadcast_mul"], table["_mul_scalar"]
    DIV, DIV_S, RDIV_S = table["broadcast_div"], table["_div_scalar"], table["_rdiv_scalar"]
    MOD, MOD_S, RMOD_S = table["broadcast_mod"], table["_mod_scalar"], table["_rmod_scalar"]
    POW, POW_S, RPOW_S = table["broadcast_power"], table["_power_scalar"], table["_rpower_scalar"]
    EQ, EQ_S = table["broadcast_equal"], table["_equal_scalar"]
    NE, NE_S = table["broadcast_not_equal"], table["_not_equal_scalar"]
    GT, GT_S = table["broadcast_greater"], table["_greater_scalar"]
    GE, GE_S = table["broadcast_greater_equal"], table["_greater_equal_scalar"]
    LT, LT_S = table["broadcast_lesser"], table["_lesser_scalar"]
    LE, LE_S = table["broadcast_lesser_equal"], table["_lesser_equal_scalar"]


OPERATOR_NAMES = """broadcast_add _plus_scalar broadcast_sub _minus_scalar _rminus_scalar
    broadcast_mul _mul_scalar broadcast_div _div_scalar _rdiv_scalar broadcast_mod _mod_scalar
    _rmod_scalar broadcast_power _power_scalar _rpower_scalar broadcast_equal _equal_scalar
    broadcast_not_equal _not_equal_scalar broadcast_greater _greater_scalar
    broadcast_greater_equal _greater_equal_scalar broadcast_lesser _lesser_scalar
    broadcast_lesser_equal _lesser_equal_scalar""".split()


@cython.trashcan(True)
cdef class Node:
    def __cinit__(self):
        self.index = self.inline_index
        self.scalars = self.inline_scalars

    def __dealloc__(self):
        if self.index != self.inline_index:
            free(self.index)
        if self.scalars != self.inline_scalars:
            free(self.scalars)


# ---------------------------------------------------------------- making arrays

cdef inline ArrayBase blank():
    return <ArrayBase>mx_blank(ARRAY_TYPE, NO_ARGS)


cdef ArrayBase new_array(Spec spec):
    """An array of this spec; its values are whatever the memory held."""
    cdef ArrayBase self = blank()
    self.storage = new_storage(spec.nbytes)
    self.data = self.storage.data
    self.spec = spec
    return self


cdef ArrayBase share(ArrayBase base, Spec spec, int64_t offset):
    """An array over the memory of `base`, `offset` bytes into it."""
    cdef ArrayBase self = blank()
    self.storage = base.storage
    self.data = base.data + offset
    self.spec = spec
    return self


cdef dict ONE_BITS = {         # the bits of 1 where they are not those of the integer 1
    "float32": 0x3F800000, "float64": 0x3FF0000000000000, "float16": 0x3C00, "bfloat16": 0x3F80,
}


cdef ArrayBase filled(Spec spec, int value):
    """A new array of zeros or of ones."""
    cdef ArrayBase self = new_array(spec)
    cdef uint64_t bits
    cdef int64_t i
    if value == 0:
        memset(self.data, 0, spec.nbytes)
        return self
    bits = ONE_BITS.get(spec.dtype, 1)
    if spec.itemsize == 1:
        memset(self.data, 1, spec.nbytes)
    elif spec.itemsize == 2:
        for i in range(spec.size):
            (<uint16_t *>self.data)[i] = <uint16_t>bits
    elif spec.itemsize == 4:
        for i in range(spec.size):
            (<uint32_t *>self.data)[i] = <uint32_t>bits
    else:
        for i in range(spec.size):
            (<uint64_t *>self.data)[i] = bits
    return self


def empty_array(shape, str dtype, ctx):
    """An array with uninitialised values."""
    return new_array(make_spec(tuple(shape), dtype, ctx))


def share_array(ArrayBase base, shape, int64_t offset=0):
    """An array of another shape over the memory of `base`, without a gradient's history."""
    cdef Spec spec = make_spec(tuple(shape), base.spec.dtype, base.spec.ctx)
    if offset < 0 or offset + spec.nbytes > base.spec.nbytes:
        raise MXNetValueError(f"a view of shape {shape} does not fit into {base.spec}")
    return share(base, spec, offset)


def wrap_numpy(array, ctx, str dtype):
    """An array over the memory of a C-contiguous NumPy array, which it keeps alive."""
    cdef np.ndarray source = array
    cdef ArrayBase self = blank()
    self.storage = Storage.__new__(Storage)
    self.storage.data = <char *>np.PyArray_DATA(source)
    self.storage.nbytes = np.PyArray_NBYTES(source)
    self.storage.owner = source
    self.data = self.storage.data
    self.spec = make_spec(tuple(array.shape), dtype, ctx)
    return self


cdef object numpy_view(ArrayBase self):
    cdef np.npy_intp dims[64]
    cdef int i
    if not self.spec.ctx.is_host:
        raise MXNetValueError(f"an array on {self.spec.ctx} has no host memory; copy it with "
                              "as_in_context(mx.cpu())")
    for i in range(self.spec.ndim):
        dims[i] = self.spec.shape[i]
    view = np.PyArray_SimpleNewFromData(self.spec.ndim, dims, NUMPY_TYPES[self.spec.dtype],
                                        self.data)
    np.set_array_base(view, self)
    if self.spec.dtype == "bfloat16":
        import ml_dtypes
        view = view.view(ml_dtypes.bfloat16)
    return view


# ---------------------------------------------------------------- running

cdef int fill_key(mx_scalar *key) except -1:
    first, second = get_key()
    key[0].u, key[1].u = first, second
    return 0


cdef int call_kernel(Prepared call, void **ptr, int count, const mx_scalar *scalars) except -1:
    """Run a C kernel; ptr has room for the scratch block behind its `count` arrays."""
    cdef Storage scratch
    cdef int status
    if call.scratch:
        scratch = new_storage(call.scratch)
        ptr[count] = scratch.data
    if call.release_gil:
        with nogil:
            status = call.fn(call.desc, ptr, scalars)
    else:
        status = call.fn(call.desc, ptr, scalars)
    if status != 0:
        raise_status(call, status)
    return 0


cdef int call_host(Prepared call, list inputs, list outputs, const mx_scalar *scalars) except -1:
    cdef list arrays = [numpy_view(array) for array in inputs + outputs]
    cdef int i
    for i in range(call.op.num_runtime):
        arrays.append(scalars[i + 2 * call.op.needs_key].f)
    call.host(*arrays)
    return 0


cdef int execute(Prepared call, list inputs, list outputs, const mx_scalar *scalars) except -1:
    """Run a prepared call on arrays that are there already."""
    cdef void *inline_ptr[MAX_ARGS]
    cdef void **ptr = inline_ptr
    cdef int count = len(inputs), total = count + len(outputs), i
    if call.kind == VIEW:
        return 0
    if call.kind == HOST:
        return call_host(call, inputs, outputs, scalars)
    if total + 1 > MAX_ARGS:
        ptr = <void **>malloc(sizeof(void *) * (total + 1))
    try:
        for i in range(count):
            ptr[i] = (<ArrayBase>inputs[i]).data
        for i in range(total - count):
            ptr[count + i] = (<ArrayBase>outputs[i]).data
        call_kernel(call, ptr, total, scalars)
    finally:
        if ptr != inline_ptr:
            free(ptr)
    return 0


cdef ArrayBase check_out(Prepared call, object given, int i):
    cdef ArrayBase out
    cdef Spec want = call.out_specs[i]
    if not isinstance(given, ArrayBase):
        raise MXNetTypeError(f"{call.op.name}: out must be an NDArray; got {type(given).__name__}")
    out = <ArrayBase>given
    if out.spec is not want:
        if out.spec.shape != want.shape:
            raise MXNetValueError(f"{call.op.name}: out must have shape {want.shape}; "
                                  f"got {out.spec.shape}")
        if out.spec.dtype != want.dtype:
            raise MXNetTypeError(f"{call.op.name}: out must have dtype {want.dtype}; "
                                 f"got {out.spec.dtype}")
        if out.spec.ctx != want.ctx:
            raise MXNetValueError(f"{call.op.name}: out must be on {want.ctx}; got {out.spec.ctx}")
    if flags().recording and out.node is not None and out.node.explicit:
        raise MXNetError(
            f"{call.op.name}: an array that a gradient is asked for cannot be written in place "
            "inside autograd.record(); use y = x + 1 instead of x += 1, or autograd.pause()")
    return out


cdef list make_outputs(Prepared call, void **inputs, object out):
    cdef list outputs = []
    cdef int i, given
    if out is not None and not isinstance(out, (list, tuple)):
        out = (out,)
    given = 0 if out is None else len(out)
    if given and given != call.num_visible:
        raise MXNetValueError(f"{call.op.name}: out must hold {call.num_visible} arrays; got {given}")
    for i in range(call.num_outputs):
        if i < given:
            outputs.append(check_out(call, out[i], i))
        elif call.kind == VIEW:
            outputs.append(share(<ArrayBase>inputs[0], call.out_specs[i], call.offset))
        else:
            outputs.append(new_array(call.out_specs[i]))
    return outputs


cdef object run_general(Prepared call, void **inputs, int count, const mx_scalar *scalars,
                        object out, bint record):
    cdef list arrays = [<object>inputs[i] for i in range(count)]
    cdef list outputs = make_outputs(call, inputs, out)
    cdef ArrayBase source
    if call.kind == VIEW and out is not None:
        source = share(<ArrayBase>inputs[0], call.out_specs[0], call.offset)
        numpy_view(outputs[0])[...] = numpy_view(source)
    else:
        execute(call, arrays, outputs, scalars)
    if record:
        record_hook(call, inputs, count, outputs, scalars)
    if call.num_visible == 1:
        return outputs[0]
    return outputs[:call.num_visible]


cdef object run(Prepared call, void **inputs, int count, const mx_scalar *scalars, object out,
                bint record):
    """Run a prepared call; returns its visible outputs: an array, or a list of them."""
    cdef void *ptr[12]
    cdef ArrayBase result
    cdef int i
    if call.kind != KERNEL or call.num_outputs != 1 or count > 9:
        return run_general(call, inputs, count, scalars, out, record)
    for i in range(count):
        ptr[i] = (<ArrayBase>inputs[i]).data
    if out is None:
        result = new_array(<Spec>call.out_specs[0])
    else:
        if isinstance(out, (list, tuple)) and len(out) == 1:
            out = out[0]
        result = check_out(call, out, 0)
    ptr[count] = result.data
    call_kernel(call, ptr, count + 1, scalars)
    if record:
        record_hook(call, inputs, count, [result], scalars)
    return result


cdef object invoke(Operator op, void **inputs, int count, const mx_scalar *scalars, object out):
    """Run an operator on arrays (at least one), recording it where recording is on."""
    cdef void *inline_specs[MAX_ARGS]
    cdef void **specs = inline_specs
    cdef Prepared call
    cdef Flags *now = flags()
    cdef int i
    if count > MAX_ARGS:
        specs = <void **>malloc(sizeof(void *) * count)
    for i in range(count):
        specs[i] = <void *>(<ArrayBase>inputs[i]).spec
    try:
        call = find(op, specs, count, now.training)
    finally:
        if specs != inline_specs:
            free(specs)
    return run(call, inputs, count, scalars, out, now.recording)


def invoke_list(Operator op, list arrays, values, out=None, ctx=None):
    """Run an operator: arrays, runtime values; ctx for operators without arrays."""
    cdef void *inline_inputs[MAX_ARGS]
    cdef void **inputs = inline_inputs
    cdef mx_scalar scalars[16]
    cdef int count = len(arrays), i, first = 2 * op.needs_key
    if op.needs_key:
        fill_key(scalars)
    for i, value in enumerate(values):
        scalars[first + i].f = value
    if count == 0:
        if out is not None:
            ctx = (out[0] if isinstance(out, (list, tuple)) else out).ctx
        call = prepare_for(op, (), flags().training, current_context() if ctx is None else ctx)
        return run(call, inputs, 0, scalars, out, False)
    if count > MAX_ARGS:
        inputs = <void **>malloc(sizeof(void *) * count)
    try:
        for i in range(count):
            inputs[i] = <void *>arrays[i]
        return invoke(op, inputs, count, scalars, out)
    finally:
        if inputs != inline_inputs:
            free(inputs)


# ---------------------------------------------------------------- Python's operators

cdef inline object two(Operator op, ArrayBase a, ArrayBase b, object out):
    cdef void *inputs[2]
    inputs[0], inputs[1] = <void *>a, <void *>b
    return invoke(op, inputs, 2, NULL, out)


cdef inline object with_scalar(Operator op, ArrayBase a, double value, object out):
    cdef void *inputs[1]
    cdef mx_scalar scalar
    inputs[0] = <void *>a
    scalar.f = value
    return invoke(op, inputs, 1, &scalar, out)


cdef object binary(Operator op, Operator scalar_op, ArrayBase a, object b, object out, bint flip):
    """a op b; with flip, b op a. scalar_op is the one for that side already."""
    if isinstance(b, ArrayBase):
        return two(op, <ArrayBase>b, a, out) if flip else two(op, a, <ArrayBase>b, out)
    if isinstance(b, (float, int, numbers.Number)):
        return with_scalar(scalar_op, a, b, out)
    if hasattr(b, "__array__"):
        if getattr(b, "ndim", 1) == 0:
            return with_scalar(scalar_op, a, float(b), out)
        b = from_anything(b, a.spec.ctx, a.spec.dtype)
        return two(op, <ArrayBase>b, a, out) if flip else two(op, a, <ArrayBase>b, out)
    return NotImplemented


@cython.no_gc
cdef class ArrayBase:
    """Base of NDArray: everything that has to be quick."""

    __array_priority__ = 1000.0
    __array_ufunc__ = None

    def __add__(self, other):
        return binary(ADD, ADD_S, self, other, None, False)

    def __radd__(self, other):
        return binary(ADD, ADD_S, self, other, None, True)

    def __iadd__(self, other):
        return binary(ADD, ADD_S, self, other, self, False)

    def __sub__(self, other):
        return binary(SUB, SUB_S, self, other, None, False)

    def __rsub__(self, other):
        return binary(SUB, RSUB_S, self, other, None, True)

    def __isub__(self, other):
        return binary(SUB, SUB_S, self, other, self, False)

    def __mul__(self, other):
        return binary(MUL, MUL_S, self, other, None, False)

    def __rmul__(self, other):
        return binary(MUL, MUL_S, self, other, None, True)

    def __imul__(self, other):
        return binary(MUL, MUL_S, self, other, self, False)

    def __truediv__(self, other):
        return binary(DIV, DIV_S, self, other, None, False)

    def __rtruediv__(self, other):
        return binary(DIV, RDIV_S, self, other, None, True)

    def __itruediv__(self, other):
        return binary(DIV, DIV_S, self, other, self, False)

    def __mod__(self, other):
        return binary(MOD, MOD_S, self, other, None, False)

    def __rmod__(self, other):
        return binary(MOD, RMOD_S, self, other, None, True)

    def __imod__(self, other):
        return binary(MOD, MOD_S, self, other, self, False)

    def __pow__(self, other, modulo):
        return binary(POW, POW_S, self, other, None, False)

    def __rpow__(self, other, modulo):
        return binary(POW, RPOW_S, self, other, None, True)

    def __neg__(self):
        return with_scalar(MUL_S, self, -1.0, None)

    def __pos__(self):
        return self

    def __eq__(self, other):
        result = binary(EQ, EQ_S, self, other, None, False)
        return False if result is NotImplemented else result

    def __ne__(self, other):
        result = binary(NE, NE_S, self, other, None, False)
        return True if result is NotImplemented else result

    def __gt__(self, other):
        return binary(GT, GT_S, self, other, None, False)

    def __ge__(self, other):
        return binary(GE, GE_S, self, other, None, False)

    def __lt__(self, other):
        return binary(LT, LT_S, self, other, None, False)

    def __le__(self, other):
        return binary(LE, LE_S, self, other, None, False)

    def __hash__(self):
        return <Py_ssize_t><void *>self >> 4

    def __len__(self):
        if self.spec.ndim == 0:
            raise MXNetTypeError("an array of no dimensions has no length")
        return self.spec.shape[0]

    def __getitem__(self, key):
        cdef int64_t row, length
        if type(key) is int and self.spec.ndim > 1 and not flags().recording:
            length = self.spec.shape[0]
            row = key
            if row < -length or row >= length:
                raise MXNetIndexError(
                    f"index {key} is out of bounds for axis 0 of an array of shape {self.spec.shape}")
            row += length * (row < 0)
            return share(self, make_spec(self.spec.shape[1:], self.spec.dtype, self.spec.ctx),
                         row * (self.spec.nbytes // length))
        return get_item(self, key)

    def __setitem__(self, key, value):
        if flags().recording and self.node is not None and self.node.explicit:
            raise MXNetError("x[...] = value: an array that a gradient is asked for cannot be "
                             "written in place inside autograd.record()")
        set_item(self, key, value)

    @property
    def shape(self):
        """The lengths of the axes."""
        return self.spec.shape

    @property
    def ndim(self):
        """The number of axes."""
        return self.spec.ndim

    @property
    def size(self):
        """The number of elements."""
        return self.spec.size

    @property
    def context(self):
        """The device that holds the array."""
        return self.spec.ctx

    @property
    def ctx(self):
        """The device that holds the array."""
        return self.spec.ctx

    @property
    def _dtype_name(self):
        return self.spec.dtype

    @property
    def _spec(self):
        return self.spec

    @property
    def _address(self):
        return <size_t>self.data

    def _numpy_view(self):
        """A NumPy array over the same memory."""
        return numpy_view(self)

    def _shares_memory(self, ArrayBase other):
        return self.storage is other.storage

    def __getbuffer__(self, Py_buffer *buffer, int want):
        cdef int i
        cdef Py_ssize_t stride = self.spec.itemsize
        cdef Py_ssize_t *sizes
        if self.spec.dtype not in FORMATS:
            raise BufferError(f"the buffer protocol has no format for {self.spec.dtype}")
        sizes = <Py_ssize_t *>malloc(sizeof(Py_ssize_t) * 2 * (self.spec.ndim + 1))
        for i in range(self.spec.ndim - 1, -1, -1):
            sizes[i] = self.spec.shape[i]
            sizes[self.spec.ndim + i] = stride
            stride *= sizes[i]
        buffer.buf, buffer.obj, buffer.len = self.data, self, self.spec.nbytes
        buffer.itemsize, buffer.readonly, buffer.ndim = self.spec.itemsize, 0, self.spec.ndim
        buffer.format = <char *>FORMATS[self.spec.dtype] if want & PyBUF_FORMAT else NULL
        buffer.shape = sizes if want & PyBUF_ND else NULL
        buffer.strides = sizes + self.spec.ndim if want & PyBUF_STRIDES == PyBUF_STRIDES else NULL
        buffer.suboffsets, buffer.internal = NULL, sizes

    def __releasebuffer__(self, Py_buffer *buffer):
        free(buffer.internal)
