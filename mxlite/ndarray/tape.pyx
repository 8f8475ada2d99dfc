# cython: language_level=3, boundscheck=False, wraparound=False
"""The tape: recording operator calls, and walking them backward."""

from libc.stdint cimport uint64_t
from libc.stdlib cimport free, malloc, qsort

from ..device.core cimport (
    MAX_SCALARS, VIEW, Operator, Prepared, Spec, find, mx_scalar,
)
from . cimport array as core_array
from .array cimport (
    ArrayBase, Flags, Node, execute, filled, flags, new_array, run, share,
)

from ..base import MXNetError, MXNetTypeError, MXNetValueError
from ..ops.schema import REGISTRY
from ..ops.trace import trace

cdef uint64_t clock = 0
cdef uint64_t epoch = 0
cdef tuple REQS = ("null", "write", "add")


# ---------------------------------------------------------------- plans

cdef class PlanStep:
    """One prepared call of a gradient."""
    cdef readonly Operator op
    cdef readonly Prepared call
    cdef readonly list inputs, outputs, drop
    cdef readonly list scalars     # None: all are constants
    cdef mx_scalar *constants

    def __cinit__(self):
        self.constants = NULL

    def __dealloc__(self):
        free(self.constants)


cdef class Plan:
    """A traced gradient: steps over slots. See ops/trace.py."""
    cdef readonly list steps, grads, direct, saved
    cdef readonly int num_slots, num_inputs, num_outputs
    cdef readonly str error


cdef PlanStep make_step(object traced, set live_after):
    cdef PlanStep step = PlanStep.__new__(PlanStep)
    cdef int i
    step.op, step.call = traced.op, traced.call
    step.inputs, step.outputs = traced.inputs, traced.outputs
    step.drop = [slot for slot in {*traced.inputs, *traced.outputs} if slot not in live_after]
    if traced.scalars:
        step.constants = <mx_scalar *>malloc(sizeof(mx_scalar) * len(traced.scalars))
        if all([isinstance(value, (int, float)) for value in traced.scalars]):
            for i, value in enumerate(traced.scalars):
                step.constants[i].f = value
        else:
            step.scalars = traced.scalars
    return step


cdef Plan make_plan(Prepared call, uint64_t mask, int count, bint train):
    cdef Plan plan = Plan.__new__(Plan)
    cdef list steps = []
    cdef set live
    traced = trace(call, [bool(mask >> i & 1) if i < 64 else mask != 0 for i in range(count)], train)
    plan.grads, plan.saved, plan.error = traced.grads, traced.saved, traced.error
    plan.num_slots = traced.num_slots
    plan.num_inputs, plan.num_outputs = call.num_inputs, call.num_outputs
    live = {slot for slot in plan.grads if slot >= 0}
    for entry in reversed(traced.steps):
        steps.append(make_step(entry, live))
        live = live.union(entry.inputs)
    steps.reverse()
    plan.steps = steps
    made = [slot for step in steps if (<PlanStep>step).call.kind != VIEW
            for slot in (<PlanStep>step).outputs]
    viewed = [slot for step in steps if (<PlanStep>step).call.kind == VIEW
              for slot in (<PlanStep>step).inputs]
    plan.direct = [slot in made and slot not in viewed and plan.grads.count(slot) == 1
                   for slot in plan.grads]
    return plan


cdef Plan plan_for(Prepared call, uint64_t mask, int count, bint train):
    if call.last_plan is not None and call.last_mask == mask:
        return <Plan>call.last_plan
    plan = call.plans.get(mask)
    if plan is None:
        plan = make_plan(call, mask, count, train)
        call.plans[mask] = plan
    call.last_plan, call.last_mask = plan, mask
    return <Plan>plan


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


core_array.record_hook = record


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
            raise MXNetValueError(f"a gradient must be like its array, {array.spec}; got {grad.spec}")
        grad.storage.is_grad = True
    array.node = new_leaf(grad, REQS.index(req), True)
    array.index = 0


def gradient_of(ArrayBase array):
    """The gradient buffer of a variable, else None."""
    if array.node is None or not array.node.is_leaf:
        return None
    return array.node.grad


def drop_history(ArrayBase array):
    """Forget how the array was made."""
    array.node = None


# ---------------------------------------------------------------- backward

cdef struct Place:
    uint64_t seq
    void *node


cdef int later_first(const void *a, const void *b) noexcept nogil:
    cdef uint64_t left = (<const Place *>a).seq, right = (<const Place *>b).seq
    return (left < right) - (left > right)


cdef list collect(list heads):
    """The nodes below the heads, latest first; counts what every node will receive."""
    global epoch
    cdef list stack = list(heads), found = []
    cdef Node node, parent
    epoch += 1
    while stack:
        node = <Node>stack.pop()
        if node.mark == epoch:
            continue
        node.mark = epoch
        node.pending = 0
        node.out_grads = None
        if node.freed:
            raise MXNetError(
                "backward: this graph has been walked already and what it saved is released; "
                "pass retain_graph=True to the first backward to walk it twice")
        found.append(node)
        if node.parents is not None:
            for parent in node.parents:
                if parent is not None and parent.mark != epoch:
                    stack.append(parent)
    for node in found:
        if node.parents is not None:
            for parent in node.parents:
                if parent is not None:
                    parent.pending += 1
    return by_age(found)


cdef list by_age(list nodes):
    """The nodes, latest first."""
    cdef int i, count = len(nodes)
    cdef Place *places = <Place *>malloc(sizeof(Place) * (count + 1))
    for i in range(count):
        places[i].seq = (<Node>nodes[i]).seq
        places[i].node = <void *>nodes[i]
    qsort(places, count, sizeof(Place), later_first)
    ordered = [<object>places[i].node for i in range(count)]
    free(places)
    return ordered


cdef Operator ADD, COPY


cdef Operator plain(str name):
    return REGISTRY[name].make({})


cdef int add_into(ArrayBase total, ArrayBase part) except -1:
    """total += part, without recording."""
    global ADD
    cdef void *specs[2]
    if ADD is None:
        ADD = plain("elemwise_add")
    specs[0] = specs[1] = <void *>total.spec
    execute(find(ADD, specs, 2, False), [total, part], [total], NULL)
    return 0


cdef int copy_into(ArrayBase target, ArrayBase source) except -1:
    global COPY
    cdef void *specs[1]
    if target.data == source.data:
        return 0
    if COPY is None:
        COPY = plain("_copy")
    specs[0] = <void *>target.spec
    execute(find(COPY, specs, 1, False), [source], [target], NULL)
    return 0


cdef class Walk:
    """One walk backward over the nodes."""
    cdef list nodes
    cdef bint retain, create, direct
    cdef dict wanted             # for grad(): (node, index) -> gradient; None for backward()

    cdef int run(self) except -1:
        cdef Node node
        for node in self.nodes:
            if node.is_leaf:
                continue
            if node.out_grads is not None:
                self.step(node)
            if not self.retain:
                release(node)
        return 0

    cdef int step(self, Node node) except -1:
        cdef list grads
        cdef Node parent
        cdef int i
        if node.function is not None:
            grads = node.function(fill_missing(node))
        elif (<Plan>node.plan).error:
            raise MXNetError(f"backward: {(<Plan>node.plan).error}")
        elif self.create:
            grads = self.run_recorded(node)
        else:
            grads = self.run_plan(node)
        node.out_grads = None
        for i in range(len(grads)):
            if node.parents[i] is not None:
                parent = <Node>node.parents[i]
                parent.pending -= 1
                if grads[i] is not None:
                    self.arrive(parent, node.index[i], <ArrayBase>grads[i])
        return 0

    cdef int arrive(self, Node parent, int index, ArrayBase grad) except -1:
        """A gradient has come for an output of `parent`."""
        cdef list held
        if parent.is_leaf and self.wanted is None:
            return self.arrive_leaf(parent, grad)
        if parent.out_grads is None:
            parent.out_grads = [None] * (1 if parent.is_leaf else len(parent.out_specs))
        held = parent.out_grads
        if held[index] is None:
            held[index] = grad
        else:
            held[index] = held[index] + grad
        return 0

    cdef int arrive_leaf(self, Node leaf, ArrayBase grad) except -1:
        if leaf.req == 0:
            return 0
        if leaf.grad is None:
            leaf.grad = new_array(grad.spec)
            leaf.grad.storage.is_grad = True
        if leaf.req == 2 or leaf.out_grads is not None:
            add_into(leaf.grad, grad)
        else:
            copy_into(leaf.grad, grad)
            leaf.out_grads = []  # the mark of a first contribution
        return 0

    cdef list run_plan(self, Node node):
        """Run the gradient's steps on bare memory; one gradient (or None) an input."""
        cdef Plan plan = <Plan>node.plan
        cdef list slots = [None] * plan.num_slots
        cdef PlanStep step
        cdef Node parent
        cdef int i, slot
        fill_slots(slots, node, plan)
        if self.direct and not node.hazard:
            for i in range(plan.num_inputs):
                slot = plan.grads[i]
                if slot >= 0 and plan.direct[i]:
                    parent = <Node>node.parents[i]
                    if (parent.is_leaf and parent.req == 1 and parent.pending == 1
                            and parent.out_grads is None and parent.grad is not None):
                        slots[slot] = parent.grad
        for step in plan.steps:
            run_step(step, slots, node)
        return [slots[slot] if slot >= 0 else None for slot in plan.grads]

    cdef list run_recorded(self, Node node):
        """Run the gradient's steps as ordinary, recorded operator calls."""
        cdef Plan plan = <Plan>node.plan
        cdef list slots = [None] * plan.num_slots
        cdef list saved
        cdef ArrayBase array, twin
        cdef PlanStep step
        cdef mx_scalar values[MAX_SCALARS]
        cdef void *inputs[64]
        cdef int i, slot
        fill_slots(slots, node, plan)
        for i, slot in enumerate(plan.saved):     # outputs were saved without their history
            if slot >= plan.num_inputs:
                array = <ArrayBase>slots[slot]
                twin = share(array, array.spec, 0)
                twin.node, twin.index = node, slot - plan.num_inputs
                slots[slot] = twin
        for step in plan.steps:
            step_scalars(step, node, values)
            if len(step.inputs) == 0:
                result = run(step.call, inputs, 0, values, None, False)
            else:
                for i, slot in enumerate(step.inputs):
                    inputs[i] = <void *>slots[slot]
                result = run(step.call, inputs, len(step.inputs), values, None, True)
            if not isinstance(result, list):
                result = [result]
            for i in range(len(result)):
                slots[step.outputs[i]] = result[i]
        return [slots[slot] if slot >= 0 else None for slot in plan.grads]


cdef int fill_slots(list slots, Node node, Plan plan) except -1:
    cdef int i, first = plan.num_inputs + plan.num_outputs
    cdef list dy = fill_missing(node)
    for i in range(len(plan.saved)):
        slots[plan.saved[i]] = node.saved[i]
    for i in range(node.call.num_visible):
        slots[first + i] = dy[i]
    return 0


cdef list fill_missing(Node node):
    """The output gradients, zeros for outputs that nothing was asked of."""
    cdef int i, count = len(node.out_specs)
    cdef list dy = node.out_grads
    if node.call is not None:
        count = node.call.num_visible
    for i in range(count):
        if dy[i] is None:
            dy[i] = filled(node.out_specs[i], 0)
    return dy


cdef int step_scalars(PlanStep step, Node node, mx_scalar *values) except -1:
    cdef int i, first = 2 * node.call.op.needs_key
    if step.scalars is None:
        for i in range(step.op.num_runtime):
            values[i] = step.constants[i]
        return 0
    given = [node.scalars[first + i].f for i in range(node.call.op.num_runtime)]
    for i, value in enumerate(step.scalars):
        values[i].f = value.evaluate(given) if hasattr(value, "evaluate") else value
    return 0


cdef int run_step(PlanStep step, list slots, Node node) except -1:
    cdef mx_scalar values[MAX_SCALARS]
    cdef list inputs = [slots[slot] for slot in step.inputs]
    cdef list outputs = []
    cdef Spec spec
    cdef int i, slot
    if step.op.num_runtime:
        step_scalars(step, node, values)
    for i, slot in enumerate(step.outputs):
        if slots[slot] is None:
            spec = <Spec>step.call.out_specs[i]
            if step.call.kind == VIEW:
                slots[slot] = share(<ArrayBase>inputs[0], spec, step.call.offset)
            else:
                slots[slot] = new_array(spec)
        outputs.append(slots[slot])
    execute(step.call, inputs, outputs, values)
    for slot in step.drop:
        slots[slot] = None
    return 0


cdef int release(Node node) except -1:
    """Give back what a walked node holds; its arrays then count as made by a spent graph."""
    node.saved = None
    node.parents = None
    node.plan = None
    node.function = None
    node.out_grads = None
    node.freed = True
    return 0


cdef list head_nodes(list heads, list head_grads):
    cdef ArrayBase head, grad
    cdef list nodes = []
    for i in range(len(heads)):
        if not isinstance(heads[i], ArrayBase):
            raise MXNetTypeError(f"backward: heads must be NDArrays; got {type(heads[i]).__name__}")
        head = heads[i]
        if head.node is None or (head.node.is_leaf and not head.node.explicit):
            raise MXNetError(
                f"backward: head {i}, an array of shape {head.spec.shape}, was not computed inside "
                "autograd.record() from arrays with attach_grad(): there is no graph to walk")
        if head_grads[i] is not None:
            if not isinstance(head_grads[i], ArrayBase):
                raise MXNetTypeError("backward: a head gradient must be an NDArray or None; got "
                                     f"{type(head_grads[i]).__name__}")
            grad = head_grads[i]
            if grad.spec.shape != head.spec.shape or grad.spec.dtype != head.spec.dtype:
                raise MXNetValueError(f"backward: the gradient of head {i} must be like it, "
                                      f"{head.spec}; got {grad.spec}")
        nodes.append(head.node)
    return nodes


cdef Walk start(list heads, list head_grads, bint retain, bint create, dict wanted):
    cdef Walk walk = Walk.__new__(Walk)
    cdef Node node
    cdef ArrayBase head, grad
    cdef int i
    nodes = head_nodes(heads, head_grads)
    walk.nodes = collect(nodes)
    walk.retain, walk.create, walk.wanted = retain, create, wanted
    walk.direct = wanted is None
    for node in walk.nodes:
        if node.hazard:
            walk.direct = False
    for i in range(len(heads)):
        head = heads[i]
        grad = head_grads[i]
        walk.arrive(head.node, head.index, filled(head.spec, 1) if grad is None else grad)
    return walk


def backward(list heads, list head_grads, bint retain, bint train):
    """Fill the gradients of the variables below the heads."""
    cdef Flags *now = flags()
    cdef bint recording = now.recording, training = now.training
    cdef Walk walk = start(heads, head_grads, retain, False, None)
    cdef Node node
    now.recording, now.training = False, train
    try:
        walk.run()
    finally:
        now.recording, now.training = recording, training
        for node in walk.nodes:
            node.out_grads = None


def grad(list heads, list variables, list head_grads, bint retain, bint create, bint train):
    """The gradients of the heads' sum for the variables, as new arrays."""
    cdef Flags *now = flags()
    cdef bint recording = now.recording, training = now.training
    cdef Walk walk
    cdef ArrayBase variable
    cdef Node node
    cdef list results = []
    for i, array in enumerate(variables):
        variable = <ArrayBase?>array
        if variable.node is None:
            raise MXNetError(f"grad: variable {i} is not part of the graph: call attach_grad() on "
                             "it before record()")
    walk = start(heads, head_grads, retain or create, create, {})
    now.recording, now.training = create, train
    held = {}
    try:
        for node in walk.nodes:
            for variable in variables:
                if variable.node is node and node.out_grads is not None:
                    held[id(variable)] = node.out_grads[variable.index]
            if node.is_leaf:
                continue
            if node.out_grads is not None:
                walk.step(node)
            if not walk.retain:
                release(node)
    finally:
        now.recording, now.training = recording, training
        for node in walk.nodes:
            node.out_grads = None
    for i, array in enumerate(variables):
        found = held.get(id(array))
        if found is None:
            raise MXNetError(f"grad: the heads do not depend on variable {i}, an array of shape "
                             f"{array.shape}")
        results.append(found)
    return results


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

    def __exit__(self, kind, error, trace):
        cdef Flags *now = flags()
        now.recording, now.training = self.old_recording, self.old_training
        return False
