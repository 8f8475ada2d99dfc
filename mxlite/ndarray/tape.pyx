# cython: language_level=3, boundscheck=False, wraparound=False
"""The tape: recording operator calls, its history and switches. backward.pyx walks it."""

import weakref

from libc.stdint cimport uint64_t
from libc.stdlib cimport free, malloc

from ..device.core cimport Prepared, mx_scalar
from ..device.memory cimport Spec, Storage, changed_since, old_at, write_clock
from .array cimport (
    ArrayBase, Flags, GraphWrite, Node, flags, forget_covered, kind_like, need_array, share,
)
from .gradient cimport Gradient, gradient_for
from .variable cimport new_leaf, next_seq

from ..base import MXNetError, MXNetMemoryError, MXNetValueError

# ---------------------------------------------------------------- recording

cdef inline bint is_float(Spec spec):
    return spec.dtype in ("float32", "float64", "float16", "bfloat16")


cdef int adopt_leaves(void **inputs, int count) except -1:
    """In a graph without any variable its float leaves are the variables (docs/differences.md)."""
    cdef ArrayBase array
    for i in range(count):
        array = <ArrayBase>inputs[i]
        if array.node is None and is_float(array.spec):
            new_leaf(array, None, 1, False)
    return 0


cdef inline Node parent_of(ArrayBase array):
    """The node that made the array's values; None for a constant, which what a walk released is."""
    if array.storage.graph_writes is not None and is_overwritten(array):
        return lost_node(array)
    return None if array.node is None or array.node.freed else array.node


cdef bint is_overwritten(ArrayBase array):
    """Whether a graph wrote to the memory through another array than this one, and later."""
    cdef GraphWrite write
    if array.node is None and array.index < 0:
        return False
    for ref in array.storage.graph_writes:
        write = ref()
        if (write is not None and write.begin < array.data + array.spec.nbytes
                and array.data < write.end):
            if write.is_replaced:
                if array.node is not None and array.node.explicit and not (
                        array.node.is_leaf or array.node.freed):
                    return True
            elif array.node is None or array.node.seq < write.seq:
                return True
    return False


cdef Node lost_node(ArrayBase array):
    """A parent of which nobody knows where its gradient should go: going there raises."""
    cdef Node node = Node.__new__(Node)
    cdef Gradient gradient = Gradient.__new__(Gradient)
    gradient.error = (
        f"an array of shape {array.spec.shape} lies in memory that was written inside "
        "autograd.record() by way of another array, so that its gradient is not known; read the "
        "array that was written, or make the view of it after that")
    node.seq, node.gradient, node.out_specs = next_seq(), gradient, (array.spec,)
    node.kind, node.explicit = kind_like(array), True
    return node


cdef int note_graph_writes(Node node, list given) except -1:
    """Let other arrays over the memory of these outputs know that the node wrote there."""
    cdef ArrayBase array
    cdef GraphWrite write
    node.graph_writes = []
    for array in given:
        write = GraphWrite.__new__(GraphWrite)
        write.begin, write.end, write.seq = array.data, array.data + array.spec.nbytes, node.seq
        node.graph_writes.append(write)
        if array.storage.graph_writes is not None:
            forget_covered(array.storage, write.begin, write.end)
        if array.storage.graph_writes is None:
            array.storage.graph_writes = []
        array.storage.graph_writes.append(weakref.ref(write))
    return 0


cdef int leave_out(void **inputs, int count, list outputs, list given) except -1:
    """Nothing is recorded of a call, as no gradient goes to its inputs. What is made of the arrays
    of a released graph is so, too, and a walk from there raises."""
    cdef Node spent
    cdef ArrayBase array
    cdef int i
    for i in range(count):
        array = <ArrayBase>inputs[i]
        if array.node is not None and array.node.freed:
            spent = Node.__new__(Node)
            spent.seq, spent.kind = next_seq(), kind_like(array)
            spent.explicit = spent.freed = True
            for array in outputs:
                array.node, array.index = spent, 0
            return 0
    if given is not None:
        for array in given:
            if array.node is not None and array.node.freed:
                array.node = None       # a released graph made what was there
    return 0


cdef int link(Node node, void **inputs, int count, uint64_t *mask) except -1:
    """Set the node's parents; mask: which of the first 64 inputs lead to variables. Returns how
    many inputs do."""
    cdef ArrayBase array
    cdef Node parent
    cdef int i, num_wanted = 0
    cdef bint explicit = False
    for i in range(count):
        parent = parent_of(<ArrayBase>inputs[i])
        if parent is not None and parent.explicit:
            explicit = True
            break
    if not explicit:
        adopt_leaves(inputs, count)
    if count > 6:
        node.index = <int *>malloc(sizeof(int) * count)
        if node.index == NULL:
            node.index = node.inline_index
            raise MXNetMemoryError(f"no memory to record an operator of {count} arrays")
    mask[0] = 0
    node.explicit = explicit
    node.parents = [None] * count
    for i in range(count):
        array = <ArrayBase>inputs[i]
        parent = parent_of(array)
        if parent is not None and (parent.explicit or not explicit):
            if i < 64:
                mask[0] |= <uint64_t>1 << i
            num_wanted += 1
            node.parents[i] = parent
            node.index[i] = array.index
    return num_wanted


cdef int save(Node node, Gradient gradient, void **inputs, list outputs) except -1:
    """Keep the arrays that the gradient reads."""
    cdef ArrayBase array
    cdef int slot, num_inputs = node.call.num_inputs
    if gradient.num_saved == 0:
        return 0
    node.saved = []
    for slot in gradient.saved:
        if slot < num_inputs:
            array = <ArrayBase>inputs[slot]
        else:               # without its node, or array and node would keep each other alive
            array = <ArrayBase>outputs[slot - num_inputs]
            array = share(array, array.spec, 0)
        node.hazard = node.hazard or array.storage.is_grad
        array.storage.is_watched = True
        node.saved.append(array)
    return 0


cdef int check_gradient(Node node) except -1:
    """Raise if the node has no gradient, or an array that it saved was written to since."""
    cdef Gradient gradient = <Gradient>node.gradient
    cdef ArrayBase array
    cdef uint64_t time
    cdef int i, slot, num_inputs
    if gradient is None:            # of a Python function
        return 0
    if gradient.error:
        raise MXNetError(f"backward: {gradient.error}")
    num_inputs = node.call.num_inputs
    for i in range(gradient.num_saved):
        array = <ArrayBase>node.saved[i]
        if array.storage.num_writes == 0 or not gradient.checked[i]:
            continue
        slot = gradient.saved[i]
        time = node.inputs_at if slot < num_inputs else node.outputs_at
        if changed_since(array.storage, time, array.data, array.data + array.spec.nbytes):
            if take_old(node, i, slot, time):
                continue
            name = (node.call.op.input_names(num_inputs)[slot] if slot < num_inputs
                    else "its output")
            raise MXNetError(
                f"backward: {node.call.op.title} needs {name}, an array of shape "
                f"{array.spec.shape}, for its gradient, but the array was written to after the "
                "operator had read or made it; write after backward(), or write to a copy()")
    return 0


cdef bint take_old(Node node, int i, int slot, uint64_t time) except -1:
    """Let the gradient read what saved array `i` was at that time, if a copy of it was kept."""
    cdef ArrayBase array = <ArrayBase>node.saved[i], old
    cdef Storage copy = old_at(array.storage, time)
    if copy is None:
        return False
    old = share(array, array.spec, 0)
    old.storage, old.data = copy, copy.data + (array.data - array.storage.data)
    if slot < node.call.num_inputs:
        old.node, old.index = node.parents[slot], node.index[slot]
    node.saved[i] = old
    return True


cdef int record(Prepared call, void **inputs, int count, list outputs, const mx_scalar *scalars,
                uint64_t time, list given) except -1:
    """Note an operator call on the tape: the outputs get a node.

    time: when the inputs were read, by write_clock. given: the arrays of `out=`.
    """
    cdef Node node = Node.__new__(Node)
    cdef ArrayBase array
    cdef uint64_t mask
    cdef int i, num_scalars = call.op.num_runtime + 2 * call.op.needs_key
    if link(node, inputs, count, &mask) == 0:
        return leave_out(inputs, count, outputs, given)
    node.seq = next_seq()
    node.call = call
    node.inputs_at, node.outputs_at = time, write_clock
    node.out_specs = call.out_specs
    node.kind = kind_like(outputs[0])
    node.gradient = gradient_for(call, mask, count, None if count <= 64 else bytes(
        [parent is not None for parent in node.parents]))
    save(node, <Gradient>node.gradient, inputs, outputs)
    if num_scalars > 2:
        node.scalars = <mx_scalar *>malloc(sizeof(mx_scalar) * num_scalars)
        if node.scalars == NULL:
            node.scalars = node.inline_scalars
            raise MXNetMemoryError(f"{call.op.title}: no memory to record it")
    for i in range(num_scalars):
        node.scalars[i] = scalars[i]
    for i in range(len(outputs)):
        array = <ArrayBase>outputs[i]
        array.node = node
        array.index = i
    if given is not None and node.explicit:
        note_graph_writes(node, given)
    return 0


def record_function(function, list inputs, list outputs):
    """Note a Python function: function(list of output gradients) -> list of input gradients.

    Raises MXNetTypeError for what is no array, MXNetValueError where there are no outputs.
    """
    cdef Node node = Node.__new__(Node)
    cdef int count = len(inputs), num_wanted
    cdef void **pointers = <void **>malloc(sizeof(void *) * (count + 1))
    cdef ArrayBase array
    cdef uint64_t mask
    cdef int i
    if pointers == NULL:
        raise MXNetMemoryError(f"no memory to record a Function of {count} arrays")
    try:
        if not outputs:
            raise MXNetValueError("record_function: outputs must hold at least one array; got []")
        for output in outputs:
            need_array(output, "record_function", "each output")
        for i in range(count):
            need_array(inputs[i], "record_function", "each input")
            pointers[i] = <void *>inputs[i]
        num_wanted = link(node, pointers, count, &mask)
        if num_wanted == 0:
            leave_out(pointers, count, outputs, None)
    finally:
        free(pointers)
    if num_wanted == 0:
        return
    node.seq = next_seq()
    node.function = function
    node.kind = kind_like(outputs[0])
    node.out_specs = tuple([(<ArrayBase>array).spec for array in outputs])
    for i in range(len(outputs)):
        array = <ArrayBase>outputs[i]
        array.node = node
        array.index = i


def watch(arrays):
    """Note writes to these from now on; returns the time, for was_written()."""
    for array in arrays:
        if isinstance(array, ArrayBase):
            (<ArrayBase>array).storage.is_watched = True
    return write_clock


def was_written(array, uint64_t time):
    """Whether a watched array, if it is one, was written to after that time."""
    cdef ArrayBase self
    if not isinstance(array, ArrayBase):
        return False
    self = <ArrayBase>array
    return bool(changed_since(self.storage, time, self.data, self.data + self.spec.nbytes))


# ---------------------------------------------------------------- history

def has_history(array):
    """Whether recording is on and `array` was computed from variables, or is one."""
    return (bool(flags().recording) and isinstance(array, ArrayBase)
            and (<ArrayBase>array).node is not None)


def leads_to_variable(array):
    """Whether recording is on and `array` was computed from a variable that attach_grad() made, or
    is one."""
    cdef Node parent = None
    if flags().recording and isinstance(array, ArrayBase):
        parent = parent_of(<ArrayBase>array)
    return parent is not None and parent.explicit


def gradients_wanted(list arrays not None, bint others=False):
    """To which inputs of what is recorded now a gradient goes: those that lead to variables which
    attach_grad() made; where none does, those that were recorded at all. others: whether inputs
    that are not among these lead to such variables."""
    cdef ArrayBase array
    cdef Node parent
    cdef bint is_found = others
    if not flags().recording:
        return [False] * len(arrays)
    parents = [parent_of(array) for array in arrays]
    wanted = []
    for parent in parents:
        leads = parent is not None and parent.explicit
        is_found = is_found or leads
        wanted.append(leads)
    return wanted if is_found else [parent is not None for parent in parents]


def history(ArrayBase array not None):
    """What `array` was computed by: (records, (key, output)) of the nodes below it.

    A record is (key, operator, runtime values, inputs), in the order in which they ran; the
    operator of a variable is None. An input is (key, output), or None where no gradient goes.
    """
    cdef Node node, parent
    cdef int i
    cdef dict seen = {}
    cdef list stack = [] if array.node is None else [array.node]
    while stack:
        node = stack.pop()
        if node.seq in seen:
            continue
        if node.freed:
            raise MXNetError("get_symbol: the graph was released by backward(); pass "
                             "retain_graph=True, or ask before it")
        if node.function is not None:
            raise MXNetError("get_symbol: a Function is no operator, so that it cannot stand in a "
                             "graph")
        if node.is_leaf:
            seen[node.seq] = (node.seq, None, [], [])
            continue
        if node.call is None:           # a lost node
            raise MXNetError(f"get_symbol: {(<Gradient>node.gradient).error}")
        inputs = []
        for i in range(len(node.parents)):
            parent = node.parents[i]
            inputs.append(None if parent is None else (parent.seq, node.index[i]))
            if parent is not None:
                stack.append(parent)
        scalars = [node.scalars[i + 2 * node.call.op.needs_key].f
                   for i in range(node.call.op.num_runtime)]
        seen[node.seq] = (node.seq, node.call.op, scalars, inputs)
    return ([seen[key] for key in sorted(seen)],
            None if array.node is None else (array.node.seq, array.index))


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
    cdef bint old_recording, old_training, old_paused

    def __cinit__(self, int recording, int training):
        self.recording, self.training = recording, training

    def __enter__(self):
        cdef Flags *now = flags()
        self.old_recording, self.old_training = now.recording, now.training
        self.old_paused = now.paused
        if self.recording >= 0:
            now.section += self.recording and not (now.recording or now.paused)
            now.paused = not self.recording and (now.recording or now.paused)
            now.recording = self.recording
        if self.training >= 0:
            now.training = self.training
        return self

    def __exit__(self, kind, error, traceback):
        cdef Flags *now = flags()
        now.recording, now.training = self.old_recording, self.old_training
        now.paused = self.old_paused
        return False
