# cython: language_level=3, boundscheck=False, wraparound=False
"""Memory, array specs, kernels and prepared calls: what an operator turns into before it runs."""

import importlib
import os
import struct

from cpython.pycapsule cimport PyCapsule_GetPointer, PyCapsule_New
from libc.stdint cimport int64_t, uintptr_t
from libc.stdlib cimport free, malloc

from ..base import (
    DTYPES, MXNetError, MXNetIndexError, MXNetMemoryError, MXNetNotImplementedError,
    MXNetValueError, listing,
)

cdef extern from "mx_kernel.h" nogil:
    ctypedef struct mx_kernel_entry:
        const char *name
        mx_kernel fn
        int64_t desc_size
        const char *fields
    ctypedef struct mx_runtime:
        void (*parallel_for)(int64_t, void (*)(void *, int64_t) noexcept nogil,
                             void *) noexcept nogil
        int (*num_threads)() noexcept nogil

cdef extern from "mx_pool.h" nogil:
    void *mx_pool_alloc(size_t size)
    void mx_pool_free(void *memory, size_t size)
    void mx_pool_clear()
    void mx_pool_limit(size_t size)
    size_t mx_pool_live()
    size_t mx_pool_cached()

cdef extern from "mx_threads.h" nogil:
    void mx_parallel_for(int64_t count, void (*task)(void *, int64_t) noexcept,
                         void *context) noexcept
    int mx_num_threads() noexcept
    void mx_set_num_threads(int count)

cdef extern from "mx_cpu.h" nogil:
    int mx_cpu_has_avx2()
    int mx_cpu_has_avx512()


# ---------------------------------------------------------------- specs

cdef dict SPECS = {}


cdef class Spec:
    """An array's type: shape, dtype and context. Interned: equal ones are mostly one object."""

    def __repr__(self):
        return f"{self.dtype}{list(self.shape)} on {self.ctx}"

    def __reduce__(self):
        return spec, (self.shape, self.dtype, self.ctx)


cdef Spec make_spec(tuple shape, str dtype, object ctx):
    cdef tuple key = (shape, dtype, ctx)
    cdef Spec self = <Spec>SPECS.get(key)
    cdef int64_t size = 1
    if self is not None:
        return self
    for length in shape:
        if length < 0:
            raise MXNetValueError(f"shape must not hold negative lengths; got {shape}")
        if length and size > (<int64_t>1 << 58) // <int64_t>length:
            raise MXNetMemoryError(f"an array of shape {shape} is larger than any memory")
        size *= <int64_t>length
    self = Spec.__new__(Spec)
    self.shape, self.dtype, self.ctx = shape, dtype, ctx
    self.ndim = len(shape)
    self.itemsize = DTYPES[dtype][1]
    self.size = size
    self.nbytes = size * self.itemsize
    if len(SPECS) > 100000:      # a cache: losing it costs time, nothing else
        SPECS.clear()
    SPECS[key] = self
    return self


def spec(shape, dtype, ctx):
    """The Spec of these; shape a tuple of ints, dtype a name of `base.DTYPES`."""
    return make_spec(tuple([int(length) for length in shape]), dtype, ctx)


# ---------------------------------------------------------------- memory

cdef class Storage:
    """A block of memory, given back when the last array that uses it goes."""

    def __dealloc__(self):
        if self.owner is None and self.data != NULL:
            mx_pool_free(self.data, self.nbytes)


cdef Storage new_storage(int64_t nbytes, object user):
    """A block; `user`: the Spec or the Prepared that it is for."""
    cdef Storage self = Storage.__new__(Storage)
    self.data = <char *>mx_pool_alloc(<size_t>nbytes)
    if self.data == NULL:
        what = (f"{user.op.name}: no memory for its work space" if isinstance(user, Prepared)
                else f"no memory for an array {user}")
        raise MXNetMemoryError(f"{what}, {nbytes} bytes")
    self.nbytes = <size_t>nbytes
    return self


def empty_cache():
    """Give all memory that the pool holds unused back to the system."""
    mx_pool_clear()


def memory_info():
    """{'live': bytes in use by arrays, 'cached': bytes held for reuse}."""
    return {"live": mx_pool_live(), "cached": mx_pool_cached()}


def set_cache_limit(size):
    """How many bytes the pool may hold unused (default 1 GiB)."""
    mx_pool_limit(size)


# ---------------------------------------------------------------- threads

def num_threads():
    """How many threads kernels run on."""
    return mx_num_threads()


def set_num_threads(int count):
    """Run kernels on this many threads; results do not depend on it."""
    if count < 1:
        raise MXNetValueError(f"the number of threads must be at least 1; got {count}")
    mx_set_num_threads(count)


# ---------------------------------------------------------------- kernels

KERNELS = {}                   # device kind -> kernel name -> Kernel or Python callable
cdef mx_runtime RUNTIME


cdef class Kernel:
    """A C kernel: `pack(**fields)` makes its descriptor."""

    def __repr__(self):
        return f"<kernel {self.name}({self.fields})>"

    def pack(self, dict fields):
        """The descriptor's bytes. Every field must be given: an int, a float, or a sequence."""
        cdef list values = []
        for name, count in self.layout:
            try:
                value = fields.pop(name)
            except KeyError:
                raise MXNetError(f"kernel {self.name}: descriptor field '{name}' is missing") \
                    from None
            if count == 1:
                values.append(value)
            else:
                row = list(value)
                if len(row) > count:
                    raise MXNetValueError(f"kernel {self.name}: {name} has {len(row)} entries, "
                                          f"at most {count} can be used")
                values.extend(row)
                values.extend([0] * (count - len(row)))
        if fields:
            raise MXNetError(f"kernel {self.name}: no descriptor field {listing(list(fields))}")
        return self.packer.pack(*values)


cdef Kernel make_kernel(const mx_kernel_entry *entry):
    cdef Kernel self = Kernel.__new__(Kernel)
    cdef list layout = []
    cdef str codes = "@"
    self.name = entry.name.decode()
    self.fields = entry.fields.decode()
    self.fn = entry.fn
    for field in self.fields.split():
        name, _, kind = field.partition(":")
        count = int(kind) if kind.isdigit() else 1
        codes += "d" if kind == "d" else f"{count}q"
        layout.append((name, count))
    self.layout = tuple(layout)
    self.packer = struct.Struct(codes)
    if self.packer.size != entry.desc_size and self.layout:
        raise MXNetError(f"kernel {self.name}: its fields take {self.packer.size} bytes, "
                         f"its struct {entry.desc_size}")
    return self


def instruction_sets():
    """The instruction sets this CPU can run, best first."""
    names = ["baseline"]
    if mx_cpu_has_avx2():
        names.insert(0, "avx2")
    if mx_cpu_has_avx512():
        names.insert(0, "avx512")
    return names


def load_cpu_kernels():
    """Load the kernels of the best instruction set (or of MXLITE_CPU); returns its name.

    The baseline's module has all kernels; those that the set has too replace them.
    """
    names = instruction_sets()
    wanted = os.environ.get("MXLITE_CPU")
    if wanted:
        if wanted not in names:
            raise MXNetValueError(
                f"MXLITE_CPU must be {listing(names)} on this CPU; got {wanted!r}")
        names = [wanted]
    RUNTIME.parallel_for = mx_parallel_for
    RUNTIME.num_threads = mx_num_threads
    for name in names:
        try:
            load_tables(name)
            break
        except ModuleNotFoundError:
            if name == names[len(names) - 1]:
                raise
    if name != "baseline":
        load_tables("baseline")
    return name


cdef load_tables(str instruction_set):
    """Add the kernels of this set's module that are not known yet."""
    cdef const mx_kernel_entry *const *tables
    cdef const mx_kernel_entry *entry
    cdef dict kernels = KERNELS.setdefault("cpu", {})
    module = importlib.import_module(f"mxlite._kernels.cpu_{instruction_set}")
    capsule = module.load(PyCapsule_New(&RUNTIME, "mxlite.runtime", NULL))
    tables = <const mx_kernel_entry *const *>PyCapsule_GetPointer(capsule, "mxlite.tables")
    while tables[0] != NULL:
        entry = tables[0]
        while entry.name != NULL:
            name = entry.name.decode()
            if name not in kernels:
                kernels[name] = make_kernel(entry)
            entry += 1
        tables += 1


def register_kernel(str device, str name, function):
    """Give a device kind a kernel: `function(inputs..., outputs..., **fields)` on NumPy arrays.

    For devices and kernels written in Python; compiled ones come from their tables.
    """
    KERNELS.setdefault(device, {})[name] = function


def find_kernel(str operator, str name, str dtype, ctx):
    """The kernel for this dtype on this device; the error names operator, dtype and device."""
    kind = ctx.kernels
    full = f"{name}_{DTYPES[dtype][2]}" if dtype in DTYPES else f"{name}_{dtype}"
    try:
        return KERNELS[kind][full]
    except KeyError:
        pass
    devices = [device for device, table in KERNELS.items() if full in table]
    if devices:
        raise MXNetNotImplementedError(
            f"{operator} has no {ctx.device_type} kernel; it runs on {', '.join(devices)}")
    known = [other for other, (_, _, suffix) in DTYPES.items()
             if f"{name}_{suffix}" in KERNELS.get(kind, {})]
    raise MXNetNotImplementedError(
        f"{operator} has no kernel for {dtype} on {ctx.device_type}"
        + (f"; it takes {', '.join(known)}" if known else ""))


# ---------------------------------------------------------------- prepared calls

cdef class Prepared:
    """An operator ready to run on arrays of given specs: a C function and its packed descriptor."""

    def __dealloc__(self):
        free(self.spec_keys)

    def __repr__(self):
        return f"<{self.op!r} on {list(self.in_specs)}>"


def prepared_kernel(kernel, dict fields, int64_t scratch=0, double work=0):
    """A call of `kernel`. scratch: bytes of work memory; work: rough cost in nanoseconds."""
    cdef Prepared self = Prepared.__new__(Prepared)
    if isinstance(kernel, Kernel):
        self.kind = KERNEL
        self.fn = (<Kernel>kernel).fn
        self.desc_owner = (<Kernel>kernel).pack(fields)
        self.desc = <const void *><const char *>(<bytes>self.desc_owner)
        self.scratch = scratch
        self.release_gil = work > 100000
    else:
        self.kind = HOST
        self.host = lambda *arrays: kernel(*arrays, **fields)
    return self


def prepared_view(int64_t offset=0):
    """No kernel: the output shares the memory of input 0, `offset` bytes into it."""
    cdef Prepared self = Prepared.__new__(Prepared)
    self.kind = VIEW
    self.offset = offset
    return self


def prepared_host(function):
    """A call of a Python function with NumPy arrays: inputs, outputs, then the runtime values."""
    cdef Prepared self = Prepared.__new__(Prepared)
    self.kind = HOST
    self.host = function
    return self


cdef class Operator:
    """An operator with its parameters: base of `ops.schema.Op`; holds its prepared calls."""

    def __cinit__(self, *args, **kwargs):
        self.calls = {}

    def _configure(self, bint needs_train, bint needs_key, int num_runtime, bint is_elementwise):
        if num_runtime + 2 * needs_key > MAX_SCALARS:
            raise MXNetValueError(f"{self}: more than {MAX_SCALARS} runtime parameters")
        self.needs_train, self.needs_key = needs_train, needs_key
        self.num_runtime = num_runtime
        self.is_elementwise = is_elementwise

    def prepared(self, specs, bint train=False, ctx=None):
        """The Prepared for inputs of these specs."""
        return prepare_for(self, tuple(specs), train, ctx)


cdef Prepared prepare_for(Operator op, tuple specs, bint train, object ctx):
    cdef tuple key
    cdef Prepared call
    cdef int i
    train = train and op.needs_train
    key = (specs, train, ctx if not specs else None)
    call = <Prepared>op.calls.get(key)
    if call is not None:
        return call
    out_specs, call = op.build(specs, train, ctx)
    if call.op is not None:
        raise MXNetError(f"{op}: prepare must return a new call each time")
    call.op = op
    call.train = train
    call.in_specs = specs
    call.out_specs = tuple(out_specs)
    call.num_inputs = len(specs)
    call.num_outputs = len(out_specs)
    call.num_visible = op.num_visible(call.num_outputs)
    if call.num_inputs + call.num_outputs + 1 > MAX_ARGS and call.kind == KERNEL:
        raise MXNetValueError(f"{op}: takes at most {MAX_ARGS - call.num_outputs - 1} arrays; "
                              f"got {call.num_inputs}")
    call.spec_keys = <void **>malloc(sizeof(void *) * (call.num_inputs + 1))
    for i in range(call.num_inputs):
        call.spec_keys[i] = <void *>specs[i]
    call.plans = {}
    if len(op.calls) > 4096:
        op.calls.clear()
    op.calls[key] = call
    return call


cdef list CACHE = [None] * CACHE_SLOTS


cdef Prepared find(Operator op, void **specs, int count, bint train):
    """prepare_for, through a direct-mapped cache on the identities of operator and specs."""
    cdef uintptr_t mix = <uintptr_t><void *>op >> 5
    cdef Prepared call
    cdef int i
    train = train and op.needs_train
    for i in range(count):
        mix = mix * 31 + (<uintptr_t>specs[i] >> 5)
    mix = (mix ^ (mix >> 11) ^ train) & (CACHE_SLOTS - 1)
    entry = CACHE[mix]
    if entry is not None:
        call = <Prepared>entry
        if call.op is op and call.num_inputs == count and call.train == train:
            for i in range(count):
                if call.spec_keys[i] != specs[i]:
                    break
            else:
                return call
    call = prepare_for(op, tuple([<object>specs[i] for i in range(count)]), train, None)
    if count:
        # call may be known under equal, not identical specs: then the slot is not worth taking
        for i in range(count):
            if call.spec_keys[i] != specs[i]:
                return call
        CACHE[mix] = call
    return call


cdef int raise_status(Prepared call, int status) except -1:
    if status == MX_BAD_INDEX:
        raise MXNetIndexError(call.op.index_message(call.in_specs))
    raise MXNetValueError(f"{call.op.name}: an input holds a value that it does not take")
