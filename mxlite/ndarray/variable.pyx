# cython: language_level=3, boundscheck=False, wraparound=False
"""Variables: the nodes where gradients end, and what is asked of them."""

from libc.stdint cimport uint64_t

from ..device.core cimport Operator, find
from .array cimport (
    ArrayBase, Node, copy_into, filled, kind_like, new_array, will_write,
)

from ..base import MXNetError, MXNetValueError
from ..ops.schema import REGISTRY

cdef extern from "<sched.h>" nogil:
    int sched_yield()

cdef uint64_t clock = 0
cdef tuple REQS = ("null", "write", "add")
cdef Operator ADD = None
cdef object sum_sparse = None, write_sparse = None


cdef uint64_t next_seq() noexcept:
    """A number for a new node, higher than those of all nodes before it."""
    global clock
    clock += 1
    return clock


cdef int add_into(ArrayBase target, ArrayBase lhs, ArrayBase rhs) except -1:
    """target = lhs + rhs, not recorded; target may be one of them."""
    global ADD
    cdef void *specs[2]
    cdef void *ptr[4]
    if ADD is None:
        ADD = REGISTRY["elemwise_add"].make({})
    specs[0] = specs[1] = <void *>target.spec
    ptr[0], ptr[1], ptr[2] = lhs.data, rhs.data, target.data
    will_write(target, None, False)
    return find(ADD, specs, 2, False).execute(ptr, NULL)


def bind_sparse(total_of, write):
    """Called once by the package, for arrays of which one is sparse: total_of(lhs, rhs) gives
    their sum, write(target, source) makes the values of `target` those of `source`, or zeros
    for None."""
    global sum_sparse, write_sparse
    sum_sparse, write_sparse = total_of, write


cdef ArrayBase sum_of_sparse(ArrayBase lhs, ArrayBase rhs):
    return sum_sparse(lhs, rhs)


cdef class Leaf(Node):
    """A variable: gradients end here. Other kinds of gradients override `arrive`."""

    cdef int arrive(self, ArrayBase total) except -1:
        """Take the gradient that one walk brings, all its contributions summed."""
        if self.req == 0:
            return 0
        self.lock()
        try:
            if total.is_sparse or (self.grad is not None and self.grad.is_sparse):
                self.arrive_sparse(total)
            elif self.grad is None:
                self.grad = new_array(self.kind, total.spec)
                self.grad.storage.is_grad = True
                copy_into(self.grad, total)
            elif self.req == 1:
                copy_into(self.grad, total)
            else:
                add_into(self.grad, self.grad, total)
            self.fresh = True
        finally:
            self.unlock()
        if self.hook is not None:
            self.hook()
        return 0

    cdef int miss(self) except -1:
        """Take note of a walk over a graph that reads the variable and brings no gradient."""
        if self.req == 0 or self.grad is None:
            return 0
        self.lock()
        try:
            if self.req == 1 and self.grad.is_sparse:
                write_sparse(self.grad, None)
            elif self.req == 1:
                will_write(self.grad, None, False)
                self.grad.spec.device.fill(<size_t>self.grad.data, self.grad.spec.size,
                                           self.grad.spec.itemsize, 0)
            self.fresh = True
        finally:
            self.unlock()
        if self.hook is not None:
            self.hook()
        return 0

    cdef int arrive_sparse(self, ArrayBase total) except -1:
        """`arrive` where the gradient that comes, or the array for it, is sparse."""
        if self.grad is None:
            self.grad = filled(self.kind, total.spec, 0)
            self.grad.storage.is_grad = True
        write_sparse(self.grad, sum_sparse(self.grad, total) if self.req == 2 else total)
        return 0

    cdef void lock(self) noexcept:
        """Wait until no other thread's walk writes to the gradient, and keep others from it."""
        while self.busy:
            with nogil:
                sched_yield()
        self.busy = True

    cdef void unlock(self) noexcept:
        self.busy = False


cdef Leaf new_leaf(ArrayBase array, ArrayBase grad, int req, bint explicit):
    """A variable's node, set as the node of `array`."""
    cdef Leaf leaf = Leaf.__new__(Leaf)
    leaf.seq = next_seq()
    leaf.is_leaf = True
    leaf.explicit = explicit
    leaf.req = req
    leaf.grad = grad
    leaf.kind = kind_like(array)
    array.node, array.index = leaf, 0
    return leaf


def mark_variable(ArrayBase array not None, ArrayBase grad, req):
    """Make `array` a variable whose gradient goes to `grad`; its history is dropped."""
    if req not in REQS:
        raise MXNetValueError(f"grad_req must be 'write', 'add' or 'null'; got {req!r}")
    if grad is not None:
        if grad.spec.shape != array.spec.shape or grad.spec.dtype != array.spec.dtype:
            raise MXNetValueError(
                f"a gradient must be like its array, {array.spec}; got {grad.spec}")
        grad.storage.is_grad = True
    new_leaf(array, grad, REQS.index(req), True)


def gradient_of(ArrayBase array not None):
    """The gradient buffer of a variable that wants a gradient, else None."""
    if array.node is None or not array.node.is_leaf or (<Leaf>array.node).req == 0:
        return None
    return (<Leaf>array.node).grad


def consume_gradient(ArrayBase array not None):
    """Whether backward() has written the gradient of this variable since the last such question."""
    cdef Leaf leaf
    if array.node is None or not array.node.is_leaf:
        return False
    leaf = <Leaf>array.node
    fresh = bool(leaf.fresh)
    leaf.fresh = False
    return fresh


def has_fresh_gradient(ArrayBase array not None):
    """What `consume_gradient` would say; the gradient stays fresh."""
    return array.node is not None and array.node.is_leaf and bool((<Leaf>array.node).fresh)


def on_gradient(ArrayBase array not None, hook):
    """Have backward() call hook() each time it has written the gradient of this variable, at once
    where that is known to be the whole; None: nothing any more."""
    if array.node is None or not array.node.is_leaf:
        raise MXNetError("on_gradient: the array must be a variable; call attach_grad() before")
    (<Leaf>array.node).hook = hook


def set_fresh_gradient(ArrayBase array not None, bint fresh):
    """Say whether the gradient of this variable is one that nobody has asked for yet."""
    if array.node is None or not array.node.is_leaf:
        raise MXNetError("_fresh_grad: the array must be a variable; call attach_grad() before")
    (<Leaf>array.node).fresh = fresh
