# cython: language_level=3, boundscheck=False, wraparound=False
"""The tape: variables, switches, and recording operator calls. backward.pyx walks it."""

from libc.stdint cimport uint64_t
from libc.stdlib cimport malloc

from ..device.core cimport Prepared, Spec, mx_scalar
from . cimport run as running
from .array cimport ArrayBase, Flags, Node, flags, share
from .plan cimport Plan, plan_for

from ..base import MXNetValueError

cdef uint64_t clock = 0
cdef tuple REQS = ("null", "write", "add")


# ---------------------------------------------------------------- recording

cdef Node new_leaf(ArrayBase grad, int req, bint explicit):
    global clock
    cdef Node node = Node.__new__(Node)
    clock += 1
    node.seq = clock
    node.is_leaf = True
    node.explicit = explicit
    node.req = req
    node.grad = grad
    return node


cdef inline bint is_float(Spec spec):
    return spec.dtype in ("float32", "float64", "float16", "bfloat16")


cdef int adopt_leaves(void **inputs, int count) except -1:
    """In a graph without any variable its float leaves are the variables (docs/differences.md)."""
    cdef ArrayBase array
    for i in range(count):
        array = <ArrayBase>inputs[i]
        if array.node is None and is_float(array.spec):
            array.node = new_leaf(None, 1, False)
            array.index = 0
    return 0


cdef int link(Node node, void **inputs, int count, uint64_t *mask) except -1:
    """Set the node's parents; mask: which inputs lead to variables."""
    cdef ArrayBase array
    cdef Node parent
    cdef int i
    cdef bint explicit = False
    for i in range(count):
        parent = (<ArrayBase>inputs[i]).node
        if parent is not None and parent.explicit:
            explicit = True
            break
    if not explicit:
        adopt_leaves(inputs, count)
    if count > 6:
        node.index = <int *>malloc(sizeof(int) * count)
    mask[0] = 0
    node.explicit = explicit
    node.parents = [None] * count
    for i in range(count):
        array = <ArrayBase>inputs[i]
        parent = array.node
        if parent is not None and (parent.explicit or not explicit):
            mask[0] |= <uint64_t>1 << (i if i < 63 else 63)
            node.parents[i] = parent
            node.index[i] = array.index
    return 0


cdef int save(Node node, Plan plan, void **inputs, list outputs) except -1:
    cdef ArrayBase array
    cdef int slot
    if not plan.saved:
        return 0
    node.saved = []
    for slot in plan.saved:
        if slot < plan.num_inputs:
            array = <ArrayBase>inputs[slot]
        else:               # without its node, or array and node would keep each other alive
            array = <ArrayBase>outputs[slot - plan.num_inputs]
            array = share(array, array.spec, 0)
        node.hazard = node.hazard or array.storage.is_grad
        node.saved.append(array)
    return 0


cdef int record(Prepared call, void **inputs, int count, list outputs,
                const mx_scalar *scalars) except -1:
    """Note an operator call on the tape: the outputs get a node."""
    global clock
    cdef Node node = Node.__new__(Node)
    cdef ArrayBase array
    cdef uint64_t mask
    cdef int i, num_scalars = call.op.num_runtime + 2 * call.op.needs_key
    link(node, inputs, count, &mask)
    if mask == 0:
        return 0
    if count > 63 and mask >> 63:
        mask = <uint64_t>-1
    clock += 1
    node.seq = clock
    node.call = call
    node.out_specs = call.out_specs
    node.train = flags().training
    node.plan = plan_for(call, mask, count, call.train)
    save(node, <Plan>node.plan, inputs, outputs)
    if num_scalars > 2:
        node.scalars = <mx_scalar *>malloc(sizeof(mx_scalar) * num_scalars)
    for i in range(num_scalars):
        node.scalars[i] = scalars[i]
    for i in range(len(outputs)):
        array = <ArrayBase>outputs[i]
        array.node = node
        array.index = i
    return 0


running.record_hook = record


def record_function(function, list inputs, list outputs):
    """Note a Python function: function(list of output gradients) -> list of input gradients."""
    global clock
    cdef Node node = Node.__new__(Node)
    cdef void *pointers[64]
    cdef ArrayBase array
    cdef uint64_t mask
    cdef int i
    if len(inputs) > 64:
        raise MXNetValueError(f"a Function takes at most 64 arrays; got {len(inputs)}")
    for i in range(len(inputs)):
        pointers[i] = <void *>inputs[i]
    link(node, pointers, len(inputs), &mask)
    if mask == 0:
        return
    clock += 1
    node.seq = clock
    node.function = function
    node.out_specs = tuple([(<ArrayBase>array).spec for array in outputs])
    for i in range(len(outputs)):
        array = <ArrayBase>outputs[i]
        array.node = node
        array.index = i


# ---------------------------------------------------------------- variables

def mark_variable(ArrayBase array, ArrayBase grad, req):
    """Make `array` a variable whose gradient goes to `grad`; its history is dropped."""
    if req not in REQS:
        raise MXNetValueError(f"grad_req must be 'write', 'add' or 'null'; got {req!r}")
    if grad is not None:
        if grad.spec.shape != array.spec.shape or grad.spec.dtype != array.spec.dtype:
            raise MXNetValueError(
                f"a gradient must be like its array, {array.spec}; got {grad.spec}")
        grad.storage.is_grad = True
    array.node = new_leaf(grad, REQS.index(req), True)
    array.index = 0


def gradient_of(ArrayBase array):
    """The gradient buffer of a variable, else None."""
    if array.node is None or not array.node.is_leaf:
        return None
    return array.node.grad


def consume_gradient(ArrayBase array):
    """Whether backward() has written the gradient of this variable since the last such question."""
    if array.node is None or not array.node.is_leaf:
        return False
    fresh = bool(array.node.fresh)
    array.node.fresh = False
    return fresh


# ---------------------------------------------------------------- switches

def is_recording():
    """Whether operators are being recorded in this thread."""
    return bool(flags().recording)


def is_training():
    """Whether operators run in training mode in this thread."""
    return bool(flags().training)


def set_recording(bint is_recording):
    """Switch recording; returns what it was."""
    cdef Flags *now = flags()
    before = bool(now.recording)
    now.recording = is_recording
    return before


def set_training(bint train_mode):
    """Switch training mode; returns what it was."""
    cdef Flags *now = flags()
    before = bool(now.training)
    now.training = train_mode
    return before


cdef class Scope:
    """A `with` block that sets recording and training (-1: as they are) and restores them."""
    cdef int recording, training
    cdef bint old_recording, old_training

    def __cinit__(self, int recording, int training):
        self.recording, self.training = recording, training

    def __enter__(self):
        cdef Flags *now = flags()
        self.old_recording, self.old_training = now.recording, now.training
        if self.recording >= 0:
            now.recording = self.recording
        if self.training >= 0:
            now.training = self.training
        return self

    def __exit__(self, kind, error, traceback):
        cdef Flags *now = flags()
        now.recording, now.training = self.old_recording, self.old_training
        return False
