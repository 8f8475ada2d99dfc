# cython: language_level=3, boundscheck=False, wraparound=False
"""Gradients as plans: the traced steps of ops/trace.py, ready to run."""

from libc.stdint cimport uint64_t
from libc.stdlib cimport free, malloc

from ..device.core cimport VIEW, Prepared, mx_scalar

from ..ops.trace import trace


cdef class PlanStep:
    """One prepared call of a gradient."""

    def __cinit__(self):
        self.constants = NULL

    def __dealloc__(self):
        free(self.constants)


cdef class Plan:
    """A traced gradient: steps over slots. See ops/trace.py."""


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
    needed = [bool(mask >> i & 1) if i < 64 else mask != 0 for i in range(count)]
    traced = trace(call, needed, train)
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
