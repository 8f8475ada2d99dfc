# cython: language_level=3, boundscheck=False, wraparound=False
"""Walking the tape backward: the gradients of a recorded graph."""

cimport cython
from libc.stdlib cimport free, malloc

from ..device.core cimport Prepared, mx_scalar
from ..device.memory cimport Spec
from ..device.program cimport BUFFER, Program, Stops
from .array cimport ArrayBase, Flags, Node, filled, flags, new_array, share, will_write
from .gradient cimport Gradient, Source, gradient_of_all, plain_program
from .run cimport run
from .tape cimport check_gradient
from .variable cimport Leaf, add_into, sum_of_sparse
from .walk cimport FEW, Place, Walk, num_outputs

from ..base import MXNetError, MXNetMemoryError, MXNetTypeError, MXNetValueError
from ..wording import no_array


@cython.no_gc
cdef class Backward(Walk):
    """One walk backward, with the gradients that it brings."""
    cdef bint retain, create
    cdef bint deliver          # whether a gradient is written as soon as it is complete
    cdef set delivered         # inputs of a call whose gradients came while it ran; None: no such

    # Walking --------------------------------------------------------------------------------

    cdef int go(self, dict wanted) except -1:
        """Visit the nodes, latest first. wanted: for grad(), node -> its gradients, to be filled;
        None: give variables their gradients."""
        cdef int i
        for i in self.in_order():
            self.visit(i, wanted)
        if wanted is None and not self.deliver:
            for i in range(self.count):
                if (<Node>self.places[i].node).is_leaf:
                    self.finish(i)
        return 0

    cdef int visit(self, int number, dict wanted) except -1:
        cdef Place *place = &self.places[number]
        cdef Node node = <Node>place.node
        if wanted is not None and node in wanted:
            wanted[node] = self.held[place.first:place.first + num_outputs(node)]
        if node.is_leaf:
            if self.deliver and place.pending >= 0:
                self.finish(number)     # not all contributions came
            return 0
        if place.arrived:
            if node.freed:
                raise MXNetError("backward: another thread has walked this graph and released it; "
                                 "pass retain_graph=True where several threads walk one graph")
            if node.call is not None and node.call.num_outputs > node.call.num_visible:
                self.take_hidden(node, place.first)
            check_gradient(node)
            if node.function is not None:
                self.call_function(node, place.first)
            elif self.create:
                self.run_steps(node, place.first)
            else:
                self.run_program(node, place.first)
            self.forget(place)
        if not self.retain:
            release(node)
        return 0

    cdef int take_hidden(self, Node node, int first) except -1:
        """Where a gradient has come for an output that only the graph's own gradient reads, go on
        with the Gradient that takes such."""
        cdef Gradient gradient = <Gradient>node.gradient, whole
        cdef int i
        for i in range(node.call.num_visible, node.call.num_outputs):
            if self.held[first + i] is not None and node.call.op.is_graph:
                whole = gradient_of_all(
                    node.call, [parent is not None for parent in node.parents])
                if whole is gradient:
                    return 0
                if whole.error:
                    raise MXNetError(f"backward: {whole.error}")
                node.saved = [node.saved[gradient.saved.index(slot)] for slot in whole.saved]
                node.gradient = whole
                return 0
        return 0

    cdef int forget(self, Place *place) except -1:
        cdef int i
        place.arrived = False
        for i in range(num_outputs(<Node>place.node)):
            self.held[place.first + i] = None
        return 0

    cdef int finish(self, int number) except -1:
        """Give a variable its gradient, zeros where nothing came."""
        cdef Place *place = &self.places[number]
        cdef object total = self.held[place.first]
        self.held[place.first] = None
        place.pending = -1
        if not place.arrived:
            return (<Leaf>place.node).miss()
        place.arrived = False
        return (<Leaf>place.node).arrive(<ArrayBase>total)

    cdef int arrive(self, Node parent, int index, ArrayBase grad) except -1:
        """A gradient, or None, has come for an output of `parent`; each use of it sends one."""
        cdef int number = self.number_of(parent)
        cdef Place *place = &self.places[number]
        cdef int at = place.first + index
        place.pending -= 1
        if grad is not None:
            if grad.is_sparse and not parent.is_leaf and parent.function is None:
                grad = grad.tostype("default")          # what its Program reads
            place.arrived = True
            held = self.held[at]
            self.held[at] = grad if held is None else self.sum_of(<ArrayBase>held, grad)
        if parent.is_leaf and self.deliver and place.pending == 0 and place.arrived:
            self.finish(number)
        return 0

    cdef ArrayBase out_grad(self, Node node, int first, int i):
        """The gradient of output i; zeros where nothing has come for it."""
        if self.held[first + i] is None:
            self.held[first + i] = filled(node.kind, <Spec>node.out_specs[i], 0)
        return <ArrayBase>self.held[first + i]

    cdef ArrayBase program_input(self, Node node, int first, int i):
        """The array that is input i of the program of the node's gradient."""
        cdef Gradient gradient = <Gradient>node.gradient
        if i < gradient.num_saved:
            return <ArrayBase>node.saved[i]
        return self.out_grad(node, first, gradient.output_grads[i - gradient.num_saved])

    cdef ArrayBase sum_of(self, ArrayBase lhs, ArrayBase rhs):
        cdef ArrayBase total
        if lhs.is_sparse or rhs.is_sparse:
            return sum_of_sparse(lhs, rhs)
        if self.create:
            return lhs + rhs
        total = new_array(type(lhs), lhs.spec)
        add_into(total, lhs, rhs)
        return total

    # Gradients ------------------------------------------------------------------------------

    cdef int call_function(self, Node node, int first) except -1:
        cdef int i
        grads = node.function([self.out_grad(node, first, i) for i in range(num_outputs(node))])
        for i in range(len(grads)):
            if node.parents[i] is not None:
                self.arrive(<Node>node.parents[i], node.index[i],
                            None if grads[i] is None else <ArrayBase?>grads[i])
        return 0

    cdef int run_program(self, Node node, int first) except -1:
        """Run the gradient's Program; what it makes arrives at the parents."""
        cdef Gradient gradient = <Gradient>node.gradient
        cdef list buffers = None
        cdef int i
        self.delivered = None
        if gradient.program.num_steps:
            buffers = self.run_into_buffers(node, first)
        for i in range(node.call.num_inputs):
            if node.parents[i] is not None and (
                    self.delivered is None or i not in self.delivered):
                self.arrive(<Node>node.parents[i], node.index[i],
                            self.input_grad(node, first, i, buffers))
        return 0

    cdef ArrayBase input_grad(self, Node node, int first, int i, list buffers):
        """The gradient of input i of the call; None: there is none."""
        cdef Source *source = &(<Gradient>node.gradient).sources[i]
        cdef Spec spec = <Spec>node.call.in_specs[i]
        cdef ArrayBase grad
        if source.result < 0:
            return None
        grad = <ArrayBase>(buffers[source.index] if source.place == BUFFER
                           else self.program_input(node, first, source.index))
        return share(grad, spec, source.offset) if grad.spec is not spec or source.offset else grad

    cdef list run_into_buffers(self, Node node, int first):
        """Run the program; the arrays that its results lie in."""
        cdef Gradient gradient = <Gradient>node.gradient
        cdef Program program = gradient.program
        cdef void *few[2 * FEW]
        cdef void **ptr = few
        cdef int count = program.num_inputs, i
        cdef list locked = [], buffers
        try:
            buffers = self.make_buffers(node, locked)
            for i in gradient.written:
                will_write(<ArrayBase>node.saved[i], node.call, False)
            if count + len(buffers) + 1 > 2 * FEW:
                ptr = <void **>malloc(sizeof(void *) * (count + len(buffers) + 1))
                if ptr == NULL:
                    raise MXNetMemoryError(f"backward: no memory for {node.call.op.name}")
            for i in range(count):
                ptr[i] = self.program_input(node, first, i).data
            for i in range(len(buffers)):
                ptr[count + i] = (<ArrayBase>buffers[i]).data
            program.execute_with(ptr, node.scalars + 2 * node.call.op.needs_key,
                                 deliveries(self, node, first, buffers, locked))
        finally:
            if ptr != few:
                free(ptr)
            for leaf in locked:
                (<Leaf>leaf).unlock()
        return buffers

    cdef list make_buffers(self, Node node, list locked):
        """Memory for the program's results: a variable's gradient itself where this is all that
        will come for it. Such variables are locked and added to `locked`, which the caller unlocks,
        also where this raises."""
        cdef Gradient gradient = <Gradient>node.gradient
        cdef list buffers = [None] * len(gradient.program.buffers)
        cdef list taken = []
        cdef Source *source
        cdef Node parent
        cdef int i
        for i in range(node.call.num_inputs):
            source = &gradient.sources[i]
            if source.result < 0 or source.place != BUFFER or buffers[source.index] is not None:
                continue
            parent = <Node>node.parents[i]
            if source.is_alone and parent.is_leaf and self.takes(<Leaf>parent):
                taken.append(parent)
                buffers[source.index] = (<Leaf>parent).grad
            else:
                buffers[source.index] = new_array(
                    parent.kind, <Spec>gradient.program.buffers[source.index])
        if len(taken) > 1:
            taken.sort(key=leaf_order)      # all walks in one order, or two might wait for ever
        for leaf in taken:
            (<Leaf>leaf).lock()
            locked.append(leaf)
            will_write((<Leaf>leaf).grad, node.call, False)
        return buffers

    cdef bint takes(self, Leaf leaf) except -1:
        """Whether what comes now is the whole gradient of the variable, to be written over it."""
        cdef int number = self.number_of(leaf)
        return (self.deliver and leaf.req == 1 and leaf.grad is not None
                and not leaf.grad.is_sparse
                and self.places[number].pending == 1 and not self.places[number].arrived)

    cdef int run_steps(self, Node node, int first) except -1:
        """Run the program's steps as ordinary, recorded operator calls."""
        cdef Gradient gradient = <Gradient>node.gradient
        cdef Program program = plain_program(gradient, node.call)
        cdef list slots = [None] * program.num_slots
        cdef mx_scalar *values = <mx_scalar *>malloc(sizeof(mx_scalar) * (program.num_scalars + 1))
        cdef int first_scalar, i
        if values == NULL:
            raise MXNetMemoryError(f"backward: no memory for {node.call.op.name}")
        self.fill_slots(slots, node, first)
        try:
            program.fill_scalars(values, node.scalars + 2 * node.call.op.needs_key)
            for call, inputs, outputs, first_scalar in gradient.steps:
                results = run_recorded(call, [slots[slot] for slot in inputs],
                                       values + first_scalar)
                for slot, array in zip(outputs, results):
                    slots[slot] = array
        finally:
            free(values)
        for i in range(node.call.num_inputs):
            if node.parents[i] is not None:
                self.arrive(<Node>node.parents[i], node.index[i],
                            None if gradient.sources[i].result < 0
                            else slots[gradient.results[gradient.sources[i].result]])
        return 0

    cdef int fill_slots(self, list slots, Node node, int first) except -1:
        """Put what the node saved, and its outputs' gradients, into the slots of the trace."""
        cdef Gradient gradient = <Gradient>node.gradient
        cdef int first_slot = node.call.num_inputs + node.call.num_outputs, i, slot
        cdef ArrayBase array, twin
        for i in range(gradient.num_output_grads):
            slot = gradient.output_grads[i]
            slots[first_slot + slot] = self.out_grad(node, first, slot)
        for i in range(gradient.num_saved):
            slot = gradient.saved[i]
            array = <ArrayBase>node.saved[i]
            slots[slot] = array
            if slot >= node.call.num_inputs:     # outputs were saved without their history
                twin = share(array, array.spec, 0)
                twin.node, twin.index = node, slot - node.call.num_inputs
                slots[slot] = twin
        return 0


@cython.final
cdef class Deliveries(Stops):
    """Gradients arrive at variables that have hooks while the program that makes them runs."""
    cdef Backward walk
    cdef Node node
    cdef int first
    cdef list buffers, locked
    cdef list waiting          # (steps after which it is done, number of the input), last one first

    cdef int reach(self) except -1:
        cdef int i
        cdef Leaf leaf
        while self.waiting and self.waiting[len(self.waiting) - 1][0] <= self.step:
            i = self.waiting.pop()[1]
            leaf = <Leaf>self.node.parents[i]
            self.locked.remove(leaf)
            leaf.unlock()
            self.walk.delivered.add(i)
            self.walk.arrive(leaf, self.node.index[i],
                             self.walk.input_grad(self.node, self.first, i, self.buffers))
        self.step = (self.waiting[len(self.waiting) - 1][0] if self.waiting
                     else (<Gradient>self.node.gradient).program.num_steps)
        return 0


cdef Deliveries deliveries(Backward walk, Node node, int first, list buffers, list locked):
    """None where no locked variable has a hook."""
    cdef Gradient gradient = <Gradient>node.gradient
    cdef Deliveries self
    cdef Leaf leaf
    cdef int i
    for leaf in locked:
        if leaf.hook is not None:
            break
    else:
        return None
    self = Deliveries.__new__(Deliveries)
    self.walk, self.node, self.first = walk, node, first
    self.buffers, self.locked = buffers, locked
    walk.delivered = set()
    uses = gradient.program.last_uses()
    chosen = set(locked)
    self.waiting = []
    for i in range(node.call.num_inputs):
        if node.parents[i] in chosen and (<Leaf>node.parents[i]).hook is not None:
            self.waiting.append((uses[gradient.sources[i].index], i))
    self.waiting.sort(reverse=True)
    self.step = self.waiting[len(self.waiting) - 1][0]
    return self


cdef object leaf_order(leaf):
    return (<Leaf>leaf).seq


cdef list run_recorded(Prepared call, list arrays, const mx_scalar *scalars):
    """Run and record a call; its visible outputs as a list."""
    cdef int i, count = len(arrays)
    cdef void **inputs = <void **>malloc(sizeof(void *) * (count + 1))
    if inputs == NULL:
        raise MXNetMemoryError(f"backward: no memory for {call.op.name}")
    try:
        for i in range(count):
            inputs[i] = <void *>arrays[i]
        result = run(call, inputs, count, scalars, None, count > 0)
    finally:
        free(inputs)
    return result if isinstance(result, list) else [result]


cdef int release(Node node) except -1:
    """Give back what a walked node holds; its arrays then count as made by a spent graph."""
    node.saved = None
    node.parents = None
    node.gradient = None
    node.graph_writes = None
    node.function = None
    node.freed = True
    return 0


# ---------------------------------------------------------------- from Python

cdef list head_nodes(list heads, list head_grads):
    cdef ArrayBase head, grad
    cdef list nodes = []
    cdef int i
    for i in range(len(heads)):
        if not isinstance(heads[i], ArrayBase):
            raise MXNetTypeError(f"backward: heads must be NDArrays; got {no_array(heads[i])}")
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


cdef int walk_from(list heads, list head_grads, bint retain, bint create, bint recording,
                   bint training, dict wanted) except -1:
    """Collect the nodes below the heads and walk over them; see Backward.go."""
    cdef Backward walk = Backward.__new__(Backward)
    cdef Flags *now = flags()
    cdef bint old_recording = now.recording, old_training = now.training
    cdef ArrayBase head
    cdef int i
    walk.retain, walk.create = retain, create
    walk.collect(head_nodes(heads, head_grads))
    walk.deliver = wanted is None
    for node in walk.nodes:
        walk.deliver = walk.deliver and not (<Node>node).hazard
    now.recording, now.training = recording, training
    try:
        for i in range(len(heads)):
            head = <ArrayBase>heads[i]
            grad = head_grads[i]
            walk.arrive(head.node, head.index,
                        filled(head.node.kind, head.spec, 1) if grad is None else <ArrayBase>grad)
        walk.go(wanted)
    finally:
        now.recording, now.training = old_recording, old_training
    return 0


def backward(list heads, list head_grads, bint retain, bint train):
    """Fill the gradients of the variables below the heads."""
    walk_from(heads, head_grads, retain, False, False, train, None)


def grad(list heads, list variables, list head_grads, bint retain, bint create, bint train):
    """The gradients of the heads' sum for the variables, as new arrays."""
    cdef ArrayBase variable
    cdef dict wanted = {}
    cdef list results = []
    for i, array in enumerate(variables):
        if not isinstance(array, ArrayBase):
            raise MXNetTypeError(f"grad: variables must be NDArrays; got {no_array(array)}")
        variable = <ArrayBase>array
        if variable.node is None:
            raise MXNetError(f"grad: variable {i} is not part of the graph: call attach_grad() on "
                             "it before record()")
        wanted[variable.node] = None
    walk_from(heads, head_grads, retain or create, create, create, train, wanted)
    for i, array in enumerate(variables):
        variable = <ArrayBase>array
        held = wanted[variable.node]
        if held is None:
            raise MXNetError(f"grad: the heads do not depend on variable {i}, an array of shape "
                             f"{array.shape}")
        gradient = held[variable.index]
        results.append(filled(variable.node.kind, variable.spec, 0) if gradient is None
                       else gradient)
    return results
