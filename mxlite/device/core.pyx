# cython: language_level=3, boundscheck=False, wraparound=False
"""Kernels and prepared calls: what an operator turns into before it runs."""

import contextlib
import importlib
import os
import struct
from threading import get_ident
from time import perf_counter_ns

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int64_t, uintptr_t
from libc.stdlib cimport free, malloc

from .memory cimport Device, Spec, Storage, copy_memory, host_view, new_storage

from ..base import (
    DTYPES,
    MXNetError,
    MXNetIndexError,
    MXNetMemoryError,
    MXNetNotImplementedError,
    MXNetValueError,
)
from ..wording import listing
from .host import HOST_DEVICE, runtime_capsule
from .memory import device_of

cdef extern from "mx_kernel.h" nogil:
    ctypedef struct mx_kernel_entry:
        const char *name
        mx_kernel fn
        mx_scratch_size scratch
        int64_t desc_size
        const char *fields

cdef extern from "mx_cpu.h" nogil:
    int mx_cpu_has_avx2()
    int mx_cpu_has_avx512()
    int mx_cpu_has_amx()


# ---------------------------------------------------------------- timing

cdef bint timing = False
cdef list timed = []


def time_calls(bint on):
    """Time calls of operators from now on, or no longer."""
    global timing
    timing = on


def take_timed():
    """The calls that were timed: (operator, start, end, thread), times in nanoseconds by
    time.perf_counter_ns. They are given once."""
    global timed
    calls, timed = timed, []
    return calls


cdef int64_t now() except -1:
    return perf_counter_ns()


cdef int note_call(Operator op, int64_t start) except -1:
    timed.append((op.name, start, now(), get_ident()))
    return 0


# ---------------------------------------------------------------- kernels

cdef class Kernel:
    """A C kernel: `pack(**fields)` makes its descriptor."""

    def __repr__(self):
        return f"<kernel {self.name}({self.fields})>"

    def pack(self, dict fields):
        """The descriptor's bytes. Every field must be given: an int, a float, or a sequence."""
        cdef list values = []
        cdef bytes head = b"" if self.head is None else self.head(dict(fields))
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
        return head + self.packer.pack(*values)

    def scratch_size(self, bytes desc):
        """The bytes of scratch that the problem needs."""
        if self.scratch != NULL:
            return self.scratch(<const char *>desc)
        return 0 if self.launched_scratch is None else self.launched_scratch(desc)

    def run(self, bytes desc, addresses, size_t scalars):
        """Call a compiled kernel as a `launch` function is called; returns its status."""
        cdef void *ptr[MAX_ARGS]
        cdef const char *packed = desc
        cdef Py_ssize_t i
        cdef int status
        if self.fn == NULL or len(addresses) > MAX_ARGS:
            raise MXNetValueError(f"kernel {self.name}: run takes a compiled kernel and at most "
                                  f"{MAX_ARGS} addresses; got {len(addresses)}")
        for i, address in enumerate(addresses):
            ptr[i] = <void *><size_t>address
        with nogil:
            status = self.fn(packed, ptr, <const mx_scalar *>scalars)
        return status


cdef Kernel new_kernel(str name, str fields):
    cdef Kernel self = Kernel.__new__(Kernel)
    cdef list layout = []
    cdef str codes = "@"
    self.name, self.fields = name, fields
    for field in fields.split():
        field, _, kind = field.partition(":")
        count = int(kind) if kind.isdigit() else 1
        codes += "d" if kind == "d" else f"{count}q"
        layout.append((field, count))
    self.layout = tuple(layout)
    self.packer = struct.Struct(codes)
    return self


cdef Kernel compiled_kernel(const mx_kernel_entry *entry):
    cdef Kernel self = new_kernel(entry.name.decode(), entry.fields.decode())
    self.fn, self.scratch = entry.fn, entry.scratch
    if self.packer.size != entry.desc_size and self.layout:
        raise MXNetError(f"kernel {self.name}: its fields take {self.packer.size} bytes, "
                         f"its struct {entry.desc_size}")
    return self


def launched_kernel(str name, str fields, launch, scratch_size=None):
    """A kernel of a device whose kernels are started from Python.

    launch(descriptor, addresses, scalars) -> status of mx_kernel.h. descriptor: the packed fields;
    addresses: of inputs, outputs and scratch, on the device; scalars: the address, in the host's
    memory, of the runtime parameters, 8 bytes each. scratch_size(descriptor): the bytes of scratch;
    None: it takes none.
    """
    cdef Kernel self = new_kernel(name, fields)
    self.launch, self.launched_scratch = launch, scratch_size
    return self


def headed_kernel(str name, str fields, size_t address, head, size_t scratch=0):
    """A kernel of a device that one C function starts: at `address`, an mx_kernel.

    head(fields) -> bytes, a multiple of 8, that the descriptor has in front of the packed fields.
    scratch: the address of its mx_scratch_size; 0: it takes none.
    """
    cdef Kernel self = new_kernel(name, fields)
    self.fn, self.head, self.scratch = <mx_kernel>address, head, <mx_scratch_size>scratch
    return self


def instruction_sets():
    """The instruction sets this CPU can run, best first."""
    names = ["baseline"]
    if mx_cpu_has_avx2():
        names.insert(0, "avx2")
    if mx_cpu_has_avx512():
        names.insert(0, "avx512")
    if mx_cpu_has_amx():
        names.insert(0, "amx")
    return names


def load_cpu_kernels():
    """Load the kernels of the best instruction set (or of MXLITE_CPU); returns its name.

    Its module has those that gain from it; what it lacks comes from the sets below, the baseline's
    module at last, which has all.
    """
    names = instruction_sets()
    wanted = os.environ.get("MXLITE_CPU")
    if wanted:
        if wanted not in names:
            raise MXNetValueError(
                f"MXLITE_CPU must be {listing(names)} on this CPU; got {wanted!r}")
        names = names[names.index(wanted):]
    names = [name for name in names if load_tables(name)]
    if wanted and names[0] != wanted:
        raise MXNetValueError(f"MXLITE_CPU is {wanted!r}, which this build of mxlite has not; "
                              f"it has {listing(names)}")
    return names[0]


cdef bint load_tables(str instruction_set) except -1:
    """Add the kernels of this set's module that are not known yet; False if there is no module.

    AMX is a way that some kernels of the module for AVX-512 take.
    """
    cdef const mx_kernel_entry *const *tables
    cdef const mx_kernel_entry *entry
    cdef dict kernels = HOST_DEVICE.kernels
    cdef set own = set()
    try:
        module = importlib.import_module(
            f"mxlite._kernels.cpu_{'avx512' if instruction_set == 'amx' else instruction_set}")
    except ModuleNotFoundError:
        if instruction_set == "baseline":
            raise
        return False
    if instruction_set == "amx":
        return module.use_amx()
    capsule = module.load(runtime_capsule())
    tables = <const mx_kernel_entry *const *>PyCapsule_GetPointer(capsule, "mxlite.tables")
    while tables[0] != NULL:
        entry = tables[0]
        while entry.name != NULL:
            name = entry.name.decode()
            if name in own:
                raise MXNetError(f"two kernels of cpu_{instruction_set} have the name {name!r}")
            own.add(name)
            if name not in kernels:
                kernels[name] = compiled_kernel(entry)
            entry += 1
        tables += 1
    return True


def find_kernel(str operator, str name, str dtype, ctx):
    """The kernel for this dtype on this context's device; the error names all three."""
    cdef Device device = device_of(ctx)
    suffix = DTYPES[dtype][2] if dtype in DTYPES else dtype
    kernel = device.find_kernel(f"{name}_{suffix}")
    if kernel is not None:
        return kernel
    known = [other for other, (_, _, suffix) in DTYPES.items()
             if device.find_kernel(f"{name}_{suffix}") is not None]
    if known:
        raise MXNetNotImplementedError(f"{operator} has no kernel for {dtype} on {device.kind}; "
                                       f"it takes {', '.join(known)}")
    on_host = HOST_DEVICE.find_kernel(f"{name}_{suffix}") is not None
    raise MXNetNotImplementedError(
        f"{operator} has no {device.kind} kernel" + ("; it runs on cpu" if on_host else ""))


# ---------------------------------------------------------------- prepared calls

cdef class Prepared:
    """An operator ready to run on arrays of given specs.

    For a compiled kernel: its function, its packed descriptor, the scratch it needs. Program, in
    program.pyx, is the kind that consists of other calls.
    """

    def __dealloc__(self):
        free(self.spec_keys)

    def __repr__(self):
        return f"<{self.op!r} on {list(self.in_specs)}>"

    @property
    def is_compiled(self):
        """Whether it is one C function."""
        return self.kind == KERNEL

    @property
    def addresses(self):
        """Of a compiled kernel: the addresses of its function and of its descriptor, which live as
        long as this call."""
        if self.kind != KERNEL:
            raise MXNetValueError(f"{self!r} is no compiled kernel")
        return <uintptr_t>self.fn, <uintptr_t>self.desc

    @property
    def is_view(self):
        """Whether there is nothing to run, since the output shares the memory of input 0."""
        return self.kind == VIEW

    @property
    def is_program(self):
        """Whether it is a Program."""
        return self.kind == PROGRAM

    cdef int execute(self, void **ptr, const mx_scalar *scalars) except -1:
        """Run. ptr: the addresses of inputs and outputs, and room for one more, the scratch."""
        cdef Storage scratch
        cdef int64_t start = now() if timing else 0
        cdef int status
        if self.kind == KERNEL:
            if self.scratch:
                scratch = new_storage(self.device, self.scratch, self.op)
                ptr[self.num_inputs + self.num_outputs] = scratch.data
            if self.release_gil:
                with nogil:
                    status = self.fn(self.desc, ptr, scalars)
            else:
                status = self.fn(self.desc, ptr, scalars)
            if status != MX_OK:
                raise_status(self, status, ptr)
        elif self.kind == LAUNCH:
            launch(self, ptr, scalars)
        elif self.kind == HOST:
            call_host(self, ptr, scalars)
        elif self.kind == TRANSFER:
            copy_memory(self.device, ptr[1], (<Spec>self.in_specs[0]).device, ptr[0],
                        <size_t>(<Spec>self.in_specs[0]).nbytes)
        if start:
            note_call(self.op, start)
        return 0


cdef int launch(Prepared call, void **ptr, const mx_scalar *scalars) except -1:
    cdef int count = call.num_inputs + call.num_outputs, i
    cdef Storage scratch
    if call.scratch:
        scratch = new_storage(call.device, call.scratch, call.op)
        ptr[count] = scratch.data
        count += 1
    status = call.kernel.launch(call.desc_owner, tuple([<size_t>ptr[i] for i in range(count)]),
                                <size_t>scalars)
    if status != MX_OK:
        raise_status(call, status, ptr)
    return 0


cdef int call_host(Prepared call, void **ptr, const mx_scalar *scalars) except -1:
    cdef int i
    cdef list arguments = [host_view(<Spec>spec, ptr[i], None)
                           for i, spec in enumerate(call.in_specs + call.out_specs)]
    for i in range(call.op.num_runtime):
        arguments.append(scalars[i + 2 * call.op.needs_key].f)
    call.host(*arguments)
    return 0


def prepared_kernel(Kernel kernel, dict fields, double work=0, tuple written=(0, 0)):
    """A call of `kernel` for the problem that `fields` state; work: rough cost in nanoseconds.

    written: the first and the end of the bytes that an assigning operator replaces; (0, 0): all.
    """
    cdef Prepared self = Prepared.__new__(Prepared)
    self.kind = KERNEL if kernel.launch is None else LAUNCH
    self.kernel = kernel
    self.fn = kernel.fn
    self.desc_owner = kernel.pack(fields)
    self.desc = <const void *><const char *>self.desc_owner
    self.scratch = kernel.scratch_size(self.desc_owner)
    self.release_gil = work > 100000
    self.first_written, self.end_written = written
    return self


def prepared_view(int64_t offset=0, bint is_shared=True):
    """No kernel: the output shares the memory of input 0, `offset` bytes into it; if not
    `is_shared`, only within programs, and the caller gets a copy."""
    cdef Prepared self = Prepared.__new__(Prepared)
    self.kind = VIEW
    self.offset, self.is_shared = offset, is_shared
    return self


def prepared_host(function):
    """A call of a Python function with NumPy arrays: inputs, outputs, then the runtime values."""
    cdef Prepared self = Prepared.__new__(Prepared)
    self.kind = HOST
    self.host = function
    return self


def prepared_transfer():
    """A copy of the input's bytes to an output on another device."""
    cdef Prepared self = Prepared.__new__(Prepared)
    self.kind = TRANSFER
    return self


cdef class Operator:
    """An operator with its parameters: base of `ops.schema.Op`; holds its prepared calls."""

    def __cinit__(self, *args, **kwargs):
        self.calls = {}

    def _configure(self, bint needs_train, bint needs_key, int num_runtime, bint is_elementwise,
                   bint is_assigning, uint64_t written, int written_period=0,
                   bint by_storage=False):
        if num_runtime + 2 * needs_key > MAX_SCALARS:
            raise MXNetValueError(f"{self}: more than {MAX_SCALARS} runtime parameters")
        self.needs_train, self.needs_key = needs_train, needs_key
        self.num_runtime = num_runtime
        self.is_elementwise, self.is_assigning = is_elementwise, is_assigning
        self.written, self.written_period = written, written_period
        self.by_storage = by_storage

    cdef bint writes_to(self, int i) noexcept:
        """Whether a call writes to input i."""
        if self.written_period:
            i %= self.written_period
        return i < 64 and self.written >> i & 1

    def prepared(self, specs, bint train=False, ctx=None):
        """The Prepared for inputs of these specs."""
        return prepare_for(self, tuple(specs), train, ctx)


cdef Prepared prepare_for(Operator op, tuple specs, bint train, object ctx):
    cdef tuple key
    cdef Prepared call
    cdef Spec first
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
    first = (call.out_specs or specs)[0]
    call.device = first.device
    call.num_inputs = len(specs)
    call.num_outputs = len(out_specs)
    call.num_visible = op.num_visible(call.num_outputs)
    call.spec_keys = <void **>malloc(sizeof(void *) * (call.num_inputs + 1))
    if call.spec_keys == NULL:
        raise MXNetMemoryError(f"{op.name}: no memory for a call of {call.num_inputs} arrays")
    for i in range(call.num_inputs):
        call.spec_keys[i] = <void *>specs[i]
    call.gradients = {}
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
        CACHE[mix] = call
    return call


cdef int raise_status(Prepared call, int status, void **ptr) except -1:
    """Raise the error that a kernel's status stands for. ptr: the arguments of the kernel."""
    cdef list values = [None] * call.num_inputs         # None: NumPy cannot see them
    cdef int i
    for i in range(call.num_inputs if call.device.is_host else 0):
        with contextlib.suppress(MXNetNotImplementedError):     # bfloat16 without ml-dtypes
            values[i] = host_view(<Spec>call.in_specs[i], ptr[i], None)
    if status == MX_FAILED:
        raise MXNetError(f"{call.op.name}: {call.device.failure()}")
    if status == MX_BAD_INDEX:
        raise MXNetIndexError(call.op.index_message(call.in_specs, values))
    raise MXNetValueError(call.op.value_message(call.in_specs, values))
