# cython: language_level=3, boundscheck=False, wraparound=False
"""Running prepared calls on arrays: outputs are made, kernels called, and the tape told."""

from libc.stdlib cimport free, malloc

from ..device.core cimport (
    HOST, KERNEL, MAX_ARGS, VIEW, Operator, Prepared, Spec, Storage, find, mx_scalar, new_storage,
    prepare_for, raise_status,
)
from .array cimport ArrayBase, Flags, flags, new_array, numpy_view, share

from ..base import MXNetError, MXNetTypeError, MXNetValueError
from ..device.context import current_context
from ..device.rng import next_key

cdef record_function record_hook = NULL


cdef int fill_key(mx_scalar *key) except -1:
    first, second = next_key()
    key[0].u, key[1].u = first, second
    return 0


cdef int call_kernel(Prepared call, void **ptr, int count, const mx_scalar *scalars) except -1:
    """Run a C kernel; ptr has room for the scratch block behind its `count` arrays."""
    cdef Storage scratch
    cdef int status
    if call.scratch:
        scratch = new_storage(call.scratch, call)
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


cdef bint clashes(Prepared call, void **inputs, int count, ArrayBase out):
    """Whether writing to `out` could change what of the inputs is still to be read."""
    cdef ArrayBase array
    cdef int i
    for i in range(count):
        array = <ArrayBase>inputs[i]
        if (out.data < array.data + array.spec.nbytes and array.data < out.data + out.spec.nbytes
                and not (call.op.is_elementwise and array.data == out.data
                         and array.spec.nbytes == out.spec.nbytes)):
            return True
    return False


cdef list make_outputs(Prepared call, void **inputs, object out):
    cdef list outputs = []
    cdef int i, given
    if out is not None and not isinstance(out, (list, tuple)):
        out = (out,)
    given = 0 if out is None else len(out)
    if given and given != call.num_visible:
        raise MXNetValueError(
            f"{call.op.name}: out must hold {call.num_visible} arrays; got {given}")
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
    cdef list outputs = make_outputs(call, inputs, out), apart
    cdef ArrayBase source
    if call.kind == VIEW and out is not None:
        source = share(<ArrayBase>inputs[0], call.out_specs[0], call.offset)
        numpy_view(outputs[0])[...] = numpy_view(source)
    elif out is not None:
        apart = [new_array((<ArrayBase>array).spec)
                 if clashes(call, inputs, count, <ArrayBase>array) else array for array in outputs]
        execute(call, arrays, apart, scalars)
        for made, array in zip(apart, outputs):
            if made is not array:
                numpy_view(array)[...] = numpy_view(made)
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
    cdef ArrayBase result, made
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
    made = result if out is None or not clashes(call, inputs, count, result) \
        else new_array(result.spec)
    ptr[count] = made.data
    call_kernel(call, ptr, count + 1, scalars)
    if made is not result:
        numpy_view(result)[...] = numpy_view(made)
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
