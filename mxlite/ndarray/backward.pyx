# cython: language_level=3, boundscheck=False, wraparound=False
"""Walking the tape backward: the gradients of a recorded graph."""

from libc.stdint cimport uint64_t
from libc.stdlib cimport free, malloc, qsort

from ..device.core cimport MAX_SCALARS, VIEW, Operator, Prepared, Spec, find, mx_scalar
from .array cimport ArrayBase, Flags, Node, filled, flags, new_array, share
from .plan cimport Plan, PlanStep
from .run cimport execute, run

from ..base import MXNetError, MXNetTypeError, MXNetValueError
from ..ops.schema import REGISTRY

cdef uint64_t epoch = 0


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

    cdef int go(self) except -1:
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
        leaf.fresh = True
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
        cdef ArrayBase array, twin
        cdef PlanStep step
        cdef mx_scalar values[MAX_SCALARS]
        cdef int position, slot
        fill_slots(slots, node, plan)
        for slot in plan.saved:                   # outputs were saved without their history
            if slot >= plan.num_inputs:
                array = <ArrayBase>slots[slot]
                twin = share(array, array.spec, 0)
                twin.node, twin.index = node, slot - plan.num_inputs
                slots[slot] = twin
        for step in plan.steps:
            step_scalars(step, node, values)
            result = run_list(step.call, [slots[slot] for slot in step.inputs], values)
            for position in range(len(result)):
                slots[step.outputs[position]] = result[position]
        return [slots[slot] if slot >= 0 else None for slot in plan.grads]


cdef list run_list(Prepared call, list arrays, const mx_scalar *scalars):
    """Run and record a call; its visible outputs as a list."""
    cdef int i, count = len(arrays)
    cdef void **inputs = <void **>malloc(sizeof(void *) * (count + 1))
    try:
        for i in range(count):
            inputs[i] = <void *>arrays[i]
        result = run(call, inputs, count, scalars, None, count > 0)
    finally:
        free(inputs)
    return result if isinstance(result, list) else [result]


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
        walk.go()
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
