# cython: language_level=3, boundscheck=False, wraparound=False
"""Running prepared calls on arrays: outputs are made, kernels called, and the tape told."""

from libc.stdint cimport uint64_t
from libc.stdlib cimport free, malloc

from ..device.core cimport (
    KERNEL, MAX_ARGS, PROGRAM, VIEW, Operator, Prepared, find, mx_scalar, prepare_for, raise_status,
    timing,
)
from ..device.memory cimport Spec, write_clock
from ..device.program cimport BUFFER, Program
from .array cimport (
    ArrayBase, Flags, copy_into, flags, kind_of, need_array, new_array, share, will_write,
)
from .tape cimport record as record_call

from ..base import EXACT, MXNetError, MXNetMemoryError, MXNetTypeError, MXNetValueError
from ..wording import no_array
from ..device.context import current_context
from ..device.rng import next_key


cdef object run_exactly = None


def bind_exact(function):
    """Called once by the package: what runs an operator with an integer beyond EXACT."""
    global run_exactly
    run_exactly = function


cdef object run_by_storage = None


def bind_storage(function):
    """Called once by the package: what runs operators on sparse arrays, and those for whose results
    or gradients the storage matters: function(operator, arrays, runtime values, out, ctx)."""
    global run_by_storage
    run_by_storage = function


cdef object cast_arrays = None


def bind_casts(function):
    """While the precision is mixed: what casts the inputs of a call, function(operator, arrays) ->
    (operator, arrays), or None where the call stays as it is. None: no call is changed."""
    global cast_arrays
    cast_arrays = function


def with_casts(op, arrays):
    """(operator, arrays) of a call, cast as it must be."""
    changed = None if cast_arrays is None else cast_arrays(op, arrays)
    return (op, arrays) if changed is None else changed


cdef int fill_key(mx_scalar *key) except -1:
    first, second = next_key()
    key[0].u, key[1].u = first, second
    return 0


cdef void **pointers(int count) except NULL:
    cdef void **memory = <void **>malloc(sizeof(void *) * (count + 1))
    if memory == NULL:
        raise MXNetMemoryError(f"no memory for an operator of {count} arrays")
    return memory


# ---------------------------------------------------------------- out=

cdef list given_outputs(Prepared call, object out):
    """The arrays of `out=`, one for each visible output."""
    cdef list arrays = list(out) if isinstance(out, (list, tuple)) else [out]
    if len(arrays) != call.num_visible:
        raise MXNetValueError(
            f"{call.op.title}: out must hold {call.num_visible} arrays; got {len(arrays)}")
    return arrays


cdef ArrayBase target_for(Prepared call, type kind, void **inputs, object given, int i):
    """The array for output i: `given`, an array of `out=`, or a new one where that is None or
    where writing to it could change an input."""
    cdef Spec want = <Spec>call.out_specs[i]
    if given is not None:
        check_out(call, given, want)
        if not clashes(call, inputs, call.num_inputs, <ArrayBase>given):
            will_write(<ArrayBase>given, call, call.op.is_assigning and call.num_inputs > 0
                       and (<ArrayBase>given).data == (<ArrayBase>inputs[0]).data)
            return <ArrayBase>given
    return new_array(kind, want)


cdef ArrayBase first_output(Operator op, object out):
    """The first array of `out=`, which is not None."""
    if isinstance(out, (list, tuple)):
        if len(out) == 0:
            raise MXNetValueError(f"{op.title}: out must hold at least one array")
        out = out[0]
    return need_array(out, op.name, "out")


cdef int check_out(Prepared call, object given, Spec want) except -1:
    cdef ArrayBase out
    if not isinstance(given, ArrayBase):
        need_array(given, call.op.name, "out")
    out = <ArrayBase>given
    if out.spec is not want:
        if out.spec.shape != want.shape:
            raise MXNetValueError(f"{call.op.title}: out must have shape {want.shape}; "
                                  f"got {out.spec.shape}")
        if out.spec.dtype != want.dtype:
            raise MXNetTypeError(f"{call.op.title}: out must have dtype {want.dtype}; "
                                 f"got {out.spec.dtype}")
        if out.spec.ctx.computes_on != want.ctx.computes_on:
            raise MXNetValueError(f"{call.op.title}: out must be on {want.ctx}; got {out.spec.ctx}")
    if flags().recording and has_graph(out):
        raise MXNetError(
            f"{call.op.title}: an array that a gradient is asked for cannot be written in place "
            "inside autograd.record(); use y = x + 1 instead of x += 1, or autograd.pause()")
    return 0


cdef bint has_graph(ArrayBase array) noexcept:
    """Whether a gradient is asked for the array: it is a variable, or a graph that was not walked
    leads to it."""
    return array.node is not None and array.node.explicit and not array.node.freed


cdef bint clashes(Prepared call, void **inputs, int count, ArrayBase out):
    """Whether writing to `out` could change what of the inputs is still to be read."""
    cdef ArrayBase array
    cdef bint is_same
    cdef int i
    for i in range(count):
        array = <ArrayBase>inputs[i]
        if out.data < array.data + array.spec.nbytes and array.data < out.data + out.spec.nbytes:
            is_same = (array.data == out.data and array.spec.nbytes == out.spec.nbytes
                       and array.spec.size == out.spec.size)
            if not (is_same and (call.op.is_elementwise or (call.op.is_assigning and i == 0))):
                return True
    return False


# ---------------------------------------------------------------- running

cdef int will_write_states(Prepared call, void **inputs, int count) except -1:
    cdef int i
    for i in range(count):
        if call.op.writes_to(i):
            will_write(<ArrayBase>inputs[i], call, False)
    return 0


cdef list make_outputs(Prepared call, type kind, void **inputs, list given):
    """Arrays for the call to write to."""
    cdef list outputs = []
    cdef int i
    for i in range(call.num_outputs):
        outputs.append(target_for(
            call, kind, inputs, given[i] if given is not None and i < len(given) else None, i))
    return outputs


cdef list run_program(Program call, type kind, void **inputs, const mx_scalar *scalars):
    """Run a Program; its outputs lie in the buffers made for it, or are inputs. One that is a view
    of an input or of another output is copied."""
    cdef int count = call.num_inputs, i
    cdef list buffers = [new_array(kind, <Spec>spec) for spec in call.buffers]
    cdef list outputs = []
    cdef void **ptr = pointers(count + len(buffers))
    cdef ArrayBase base, output
    try:
        for i in range(count):
            ptr[i] = (<ArrayBase>inputs[i]).data
        for i in range(len(buffers)):
            ptr[count + i] = (<ArrayBase>buffers[i]).data
        call.execute(ptr, scalars)
    finally:
        free(ptr)
    for spec, (place, index, offset) in zip(call.out_specs, call.results):
        i = index
        base = <ArrayBase>buffers[i] if place == BUFFER else <ArrayBase>inputs[i]
        outputs.append(share(base, <Spec>spec, offset))
    for i in call.overlapping:
        output = new_array(kind, <Spec>call.out_specs[i])
        copy_into(output, <ArrayBase>outputs[i])
        outputs[i] = output
    return outputs


cdef ArrayBase run_view(Prepared call, type kind, void **inputs, list given):
    """The view, or a copy of it where the caller must not share memory with the input."""
    cdef ArrayBase view = share(<ArrayBase>inputs[0], <Spec>call.out_specs[0], call.offset)
    cdef ArrayBase result
    if given is None and call.is_shared:
        return view
    result = target_for(call, kind, inputs, None if given is None else given[0], 0)
    copy_into(result, view)
    return result


cdef list run_outputs(Prepared call, void **inputs, const mx_scalar *scalars, list given):
    """Run a call of any kind; all its outputs. Those of `out=` are written if they can be."""
    cdef void *few[MAX_ARGS]
    cdef void **ptr = few
    cdef type kind = kind_of(inputs, call.num_inputs)
    cdef list outputs
    cdef int count = call.num_inputs, i
    if call.kind == VIEW:
        return [run_view(call, kind, inputs, given)]
    if call.kind == PROGRAM:
        return run_program(<Program>call, kind, inputs, scalars)
    outputs = make_outputs(call, kind, inputs, given)
    if count + len(outputs) + 1 > MAX_ARGS:
        ptr = pointers(count + len(outputs))
    try:
        for i in range(count):
            ptr[i] = (<ArrayBase>inputs[i]).data
        for i in range(len(outputs)):
            ptr[count + i] = (<ArrayBase>outputs[i]).data
        call.execute(ptr, scalars)
    finally:
        if ptr != few:
            free(ptr)
    return outputs


cdef ArrayBase settled(Prepared call, ArrayBase written, object given, int i):
    """The array of `out=`, to which what was written apart is copied."""
    if given is written:
        return written
    check_out(call, given, <Spec>call.out_specs[i])
    copy_into(<ArrayBase>given, written)
    return <ArrayBase>given


cdef object run_general(Prepared call, void **inputs, int count, const mx_scalar *scalars,
                        object out, bint record):
    cdef list given = None if out is None else given_outputs(call, out)
    cdef list outputs
    cdef uint64_t time = write_clock
    cdef int i
    if call.op.written:
        if given is not None:           # nothing is written where out does not fit
            for i in range(len(given)):
                check_out(call, given[i], <Spec>call.out_specs[i])
        will_write_states(call, inputs, count)
    outputs = run_outputs(call, inputs, scalars, given)
    if given is not None:
        for i in range(len(given)):
            outputs[i] = settled(call, <ArrayBase>outputs[i], given[i], i)
    if record and call.num_outputs:
        record_call(call, inputs, count, outputs, scalars, time, given)
    if call.num_visible == 1:
        return outputs[0]
    return outputs[:call.num_visible]


cdef object run(Prepared call, void **inputs, int count, const mx_scalar *scalars, object out,
                bint record):
    """Run a prepared call; returns its visible outputs: an array, or a list of them."""
    cdef void *ptr[12]
    cdef type kind
    cdef ArrayBase result
    cdef uint64_t time = write_clock
    cdef int i, status
    if call.kind != KERNEL or call.num_outputs != 1 or count > 9 or isinstance(out, (list, tuple)):
        return run_general(call, inputs, count, scalars, out, record)
    if call.op.written:
        will_write_states(call, inputs, count)
    for i in range(count):
        ptr[i] = (<ArrayBase>inputs[i]).data
    kind = kind_of(inputs, count)
    result = (new_array(kind, <Spec>call.out_specs[0]) if out is None
              else target_for(call, kind, inputs, out, 0))
    ptr[count] = result.data
    # as `execute` does, without its questions
    if call.scratch == 0 and not call.release_gil and not timing:
        status = call.fn(call.desc, ptr, scalars)
        if status != 0:
            raise_status(call, status, ptr)
    else:
        call.execute(ptr, scalars)
    if out is not None:
        result = settled(call, result, out, 0)
    if record:
        record_call(call, inputs, count, [result], scalars, time,
                    None if out is None else [result])
    return result


cdef bint is_sparse_out(object out) noexcept:
    """Whether there is a sparse array in `out=`."""
    if isinstance(out, ArrayBase):
        return (<ArrayBase>out).is_sparse
    if isinstance(out, (list, tuple)):
        for array in out:
            if isinstance(array, ArrayBase) and (<ArrayBase>array).is_sparse:
                return True
    return False


cdef inline object invoke_plain(Operator op, void **inputs, int count, const mx_scalar *scalars,
                                object out):
    """Run an operator on arrays (at least one), recording it where recording is on."""
    cdef void *few[MAX_ARGS]
    cdef void **specs = few
    cdef Prepared call
    cdef Flags *now = flags()
    cdef bint by_storage = op.by_storage
    cdef int i
    if count > MAX_ARGS:
        specs = pointers(count)
    for i in range(count):
        specs[i] = <void *>(<ArrayBase>inputs[i]).spec
        by_storage |= (<ArrayBase>inputs[i]).is_sparse
    if by_storage or (out is not None and is_sparse_out(out)):
        if specs != few:
            free(specs)
        return run_by_storage(
            op, [<object>inputs[i] for i in range(count)],
            [scalars[i + 2 * op.needs_key].f for i in range(op.num_runtime)], out, None)
    try:
        call = find(op, specs, count, now.training)
    finally:
        if specs != few:
            free(specs)
    return run(call, inputs, count, scalars, out, now.recording)


cdef object invoke(Operator op, void **inputs, int count, const mx_scalar *scalars, object out):
    """The same, with inputs cast where the precision is mixed."""
    if cast_arrays is not None:
        return invoke_cast(op, inputs, count, scalars, out)
    return invoke_plain(op, inputs, count, scalars, out)


cdef object invoke_cast(Operator op, void **inputs, int count, const mx_scalar *scalars,
                        object out):
    """The same in mixed precision, apart from what runs else."""
    cdef void **cast
    cdef int i
    changed = cast_arrays(op, [<object>inputs[i] for i in range(count)])
    if changed is None:
        return invoke_plain(op, inputs, count, scalars, out)
    operator, arrays = changed
    cast = pointers(count)
    try:
        for i in range(count):
            cast[i] = <void *>arrays[i]
        return invoke_plain(<Operator>operator, cast, count, scalars, out)
    finally:
        free(cast)


def invoke_list(Operator op, list arrays, values, out=None, ctx=None):
    """Run an operator: arrays, runtime values; ctx for operators without arrays."""
    cdef void *few[MAX_ARGS]
    cdef void **inputs = few
    cdef mx_scalar scalars[16]
    cdef int count = len(arrays), i, first = 2 * op.needs_key
    cdef bint by_storage = out is not None and is_sparse_out(out)
    for array in arrays:
        if not isinstance(array, ArrayBase):
            raise MXNetTypeError(f"{op.title}: its inputs must be NDArrays; "
                                 f"got {no_array(array)}")
        by_storage |= (<ArrayBase>array).is_sparse
    if by_storage:
        return run_by_storage(op, arrays, list(values), out, ctx)
    if op.needs_key:
        fill_key(scalars)
    for i, value in enumerate(values):
        if type(value) is int and not -EXACT <= value <= EXACT:
            return run_exactly(op, arrays, values, out)
        scalars[first + i].f = value
    if count == 0:
        if out is not None:
            ctx = first_output(op, out).spec.ctx
        call = prepare_for(op, (), flags().training, current_context() if ctx is None else ctx)
        return run(call, inputs, 0, scalars, out, False)
    if count > MAX_ARGS:
        inputs = pointers(count)
    try:
        for i in range(count):
            inputs[i] = <void *>arrays[i]
        return invoke(op, inputs, count, scalars, out)
    finally:
        if inputs != few:
            free(inputs)
