# cython: language_level=3, boundscheck=False, wraparound=False
"""`Program`: prepared calls that run one after another, over memory that is planned once.

Arrays are slots. The caller gives addresses for the inputs and for the buffers, which are the
memory of the outputs; all other slots lie in one block, the arena, where a slot takes the place of
those that are no longer read. A view is an alias of another slot, and an output may be one of an
input. A program does not change; what a run needs belongs to the run, so many threads may run it.
"""

from libc.math cimport NAN, log
from libc.stdint cimport int64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy

from .core cimport KERNEL, PROGRAM, Prepared, mx_scalar, note_call, now, raise_status, timing
from .memory cimport Storage, new_storage

from ..base import MXNetError, MXNetMemoryError
from .graphs import Replays, is_capturing
from .planning import plan_memory
from .rng import next_key

SCALAR_CODE = ("given", "constant", "add", "subtract", "multiply", "divide", "log", "store")
cdef enum:
    GIVEN = 0
    CONSTANT = 1
    ADD = 2
    SUBTRACT = 3
    MULTIPLY = 4
    DIVIDE = 5
    LOG = 6
    STORE = 7
    STACK = 32             # of a scalar expression
    FEW = 96               # slots, scalars and arguments for which a run needs no allocation


cdef bint can_be_captured(Program program) except -1:
    """Whether all that it does is queued on its device, the same each time."""
    cdef int i
    if program.random_steps:
        return False
    for i in range(program.num_steps):
        call = <Prepared>program.steps[i].call
        if (<Prepared>call).kind == PROGRAM:
            if not can_be_captured(call):
                return False
        elif (<Prepared>call).kind != KERNEL:
            return False
    return True


cdef void *block(size_t count, size_t size) except NULL:
    cdef void *memory = malloc(count * size + 1)
    if memory == NULL:
        raise MXNetMemoryError(f"no memory for a program, {count * size} bytes")
    return memory


cdef class Stops:
    """Subclasses do at a stop what they are for, and set the next one, which is a later step."""

    cdef int reach(self) except -1:
        return 0


cdef class Program(Prepared):
    def __dealloc__(self):
        free(self.steps)
        free(self.args)
        free(self.slots)
        free(self.scalars)
        free(self.instructions)

    def describe(self):
        """A line a step: its operator, the slots it reads and writes, and where these lie."""
        cdef int i, j
        lines = [f"{self.num_steps} steps, {self.arena_size} bytes of temporary arrays"]
        for i in range(self.num_steps):
            step = self.steps[i]
            names = [self._slot_name(self.args[step.first_arg + j]) for j in range(step.num_args)]
            lines.append(f"{(<Prepared>step.call).op.name}: {' '.join(names[:step.num_inputs])}"
                         f" -> {' '.join(names[step.num_inputs:])}")
        return "\n".join(lines)

    def _slot_name(self, int slot):
        location = self.slots[slot]
        if location.place == ALIAS:
            return f"{self._slot_name(location.index)}+{location.offset}"
        if location.place == ARENA:
            return f"arena+{location.offset}"
        return f"{'input' if location.place == INPUT else 'buffer'}{location.index}"

    cdef int fill_scalars(self, mx_scalar *values, const mx_scalar *given) except -1:
        """The runtime parameters of all steps, from those of this run."""
        cdef int i
        memcpy(values, self.scalars, sizeof(mx_scalar) * self.num_scalars)
        evaluate(self.instructions, self.num_instructions, given, values)
        for position in self.random_steps:
            i = position
            first, second = next_key()
            values[i].u, values[i + 1].u = first, second
        return 0

    cdef list last_uses(self):
        """Of each buffer, the number of steps after which it is neither written nor read."""
        cdef list found = [0] * len(self.buffers)
        cdef Slot *slot
        cdef int i, j
        for i in range(self.num_steps):
            for j in range(self.steps[i].num_args):
                slot = &self.slots[self.args[self.steps[i].first_arg + j]]
                if slot.place == ALIAS:
                    slot = &self.slots[slot.index]
                if slot.place == BUFFER:
                    found[slot.index] = i + 1
        return found

    cdef int execute(self, void **ptr, const mx_scalar *scalars) except -1:
        """Run. ptr: the addresses of the inputs, then of the buffers."""
        return self.execute_with(ptr, scalars, None)

    cdef int execute_with(self, void **ptr, const mx_scalar *scalars, Stops stops) except -1:
        """Run, with stops, if there are any."""
        cdef char *few_slots[FEW]
        cdef mx_scalar few_scalars[FEW]
        cdef void *few_args[FEW]
        cdef char **slots = few_slots
        cdef mx_scalar *values = few_scalars
        cdef void **args = few_args
        cdef Storage arena = None
        cdef int64_t start = now() if timing else 0
        cdef bint by_step = start and (self.op is None or self.op.is_graph)   # each is timed
        if self.arena_size:
            arena = new_storage(self.device, self.arena_size, self.op)
        try:
            if self.num_slots > FEW:
                slots = <char **>block(self.num_slots, sizeof(char *))
            if self.num_scalars > FEW:
                values = <mx_scalar *>block(self.num_scalars, sizeof(mx_scalar))
            if self.max_args > FEW:
                args = <void **>block(self.max_args, sizeof(void *))
            self.place_slots(slots, ptr, NULL if arena is None else arena.data)
            if self.num_scalars:
                self.fill_scalars(values, scalars)
            if self.device is None or not self.device.has_graphs or start or stops is not None:
                self.run_all(slots, args, values, by_step, stops)
            elif is_capturing(arena) or not self.replay(slots, args, values):
                self.run_all(slots, args, values, False, None)
        finally:
            if slots != few_slots:
                free(slots)
            if values != few_scalars:
                free(values)
            if args != few_args:
                free(args)
        if start and not by_step:
            note_call(self.op, start)
        return 0

    cdef int run_all(self, char **slots, void **args, const mx_scalar *values, bint by_step,
                     Stops stops) except -1:
        """Run the steps. slots: all addresses. args: room for those of a step."""
        cdef int next_step = 0, status = 0, end = self.num_steps
        while next_step < self.num_steps:
            if stops is not None:
                end = stops.step
            if by_step:
                pass
            elif self.release_gil:
                with nogil:
                    next_step = run_steps(self.steps, next_step, end, self.args, slots, args,
                                          values, &status)
            else:
                next_step = run_steps(self.steps, next_step, end, self.args, slots, args, values,
                                      &status)
            if status:
                self.fail(<Prepared>self.steps[next_step].call, status, args)
            if next_step < end:
                gather(&self.steps[next_step], self.args, slots, args)
                (<Prepared>self.steps[next_step].call).execute(
                    args, values + self.steps[next_step].first_scalar)
                next_step += 1
            if next_step == end and end < self.num_steps:
                stops.reach()
        return 0

    cdef int fail(self, Prepared call, int status, void **args) except -1:
        """Raise the error that a step's status stands for. An operator that no user can call is
        named by the one that consists of it."""
        try:
            raise_status(call, status, args)
        except MXNetError as error:
            if self.op.is_graph or not call.op.hidden:
                raise
            text = str(error).removeprefix(f"{call.op.title}: ")
            raise type(error)(f"{self.op.title}: {text}") from None

    cdef bint replay(self, char **slots, void **args, const mx_scalar *values) except -1:
        """Run the steps as a graph, if the same addresses and values come at least the second time;
        False: they have to be run one by one."""
        cdef bytes key
        if self.replays is None:
            self.replays = Replays(self.device, can_be_captured(self))
        if not self.replays.can_be:
            return False
        key = ((<char *>slots)[:self.num_slots * sizeof(char *)]
               + (<char *>values)[:self.num_scalars * sizeof(mx_scalar)])
        graph = self.replays.find(key)
        if graph is None:
            if not self.replays.begin(key):
                return False
            try:
                self.run_all(slots, args, values, False, None)
            except BaseException as error:
                self.replays.give_up()
                if not isinstance(error, MXNetError):
                    raise
                return False                # run one by one, it tells what is wrong
            graph = self.replays.end(key)
            if graph is None:
                return False
        self.device.run_graph(graph)
        return True

    cdef void place_slots(self, char **slots, void **given, char *arena) noexcept:
        cdef int i, num_inputs = self.num_inputs
        cdef Slot *slot
        for i in range(self.num_slots):
            slot = &self.slots[i]
            if slot.place == INPUT:
                slots[i] = <char *>given[slot.index]
            elif slot.place == BUFFER:
                slots[i] = <char *>given[num_inputs + slot.index]
            elif slot.place == ARENA:
                slots[i] = arena + slot.offset
            else:
                slots[i] = NULL
        for i in range(self.num_slots):
            slot = &self.slots[i]
            if slot.place == ALIAS:         # never of another alias
                slots[i] = slots[slot.index] + slot.offset


cdef inline void gather(const Step *step, const int *args, char **slots, void **ptr) noexcept nogil:
    cdef int i
    for i in range(step.num_args):
        ptr[i] = slots[args[step.first_arg + i]]


cdef int run_steps(const Step *steps, int first, int count, const int *args, char **slots,
                   void **ptr, const mx_scalar *values, int *status) noexcept nogil:
    """Run compiled kernels from step `first` on, to a failure or a step that needs the GIL."""
    cdef int i
    for i in range(first, count):
        if steps[i].fn == NULL:
            return i
        gather(&steps[i], args, slots, ptr)
        status[0] = steps[i].fn(steps[i].desc, ptr, values + steps[i].first_scalar)
        if status[0]:
            return i
    return count


cdef void evaluate(const Instruction *code, int count, const mx_scalar *given,
                   mx_scalar *values) noexcept nogil:
    cdef double stack[STACK]
    cdef int top = -1, i
    for i in range(count):
        if code[i].code == GIVEN:
            top += 1
            stack[top] = given[<int>code[i].operand].f
        elif code[i].code == CONSTANT:
            top += 1
            stack[top] = code[i].operand
        elif code[i].code == LOG:
            stack[top] = log(stack[top]) if stack[top] > 0 else NAN
        elif code[i].code == STORE:
            values[<int>code[i].operand].f = stack[top]
            top -= 1
        else:
            top -= 1
            if code[i].code == ADD:
                stack[top] = stack[top] + stack[top + 1]
            elif code[i].code == SUBTRACT:
                stack[top] = stack[top] - stack[top + 1]
            elif code[i].code == MULTIPLY:
                stack[top] = stack[top] * stack[top + 1]
            else:
                stack[top] = stack[top] / stack[top + 1]


# ---------------------------------------------------------------- making programs

def make_program(int num_slots, list steps, inputs, outputs):
    """A Program of these steps.

    steps: (Prepared, input slots, output slots, scalars) in the order in which they run. scalars:
    numbers, or `ops.params.ScalarRef` expressions of the program's own runtime parameters. inputs
    and outputs: the slots that the caller gives and gets.
    """
    cdef Program self = Program.__new__(Program)
    plan = plan_memory(num_slots, steps, inputs, outputs)
    self.kind, self.num_inputs = PROGRAM, len(inputs)
    self.calls = [step.call for step in plan.steps]
    self.num_slots, self.arena_size = len(plan.slots), plan.arena_size
    self.buffers, self.results = tuple(plan.buffers), tuple(plan.results)
    self.overlapping = tuple(plan.overlapping)
    self.slots = <Slot *>block(self.num_slots, sizeof(Slot))
    for i, (place, index, offset) in enumerate(plan.slots):
        self.slots[i].place, self.slots[i].index, self.slots[i].offset = place, index, offset
    pack_steps(self, plan.steps)
    pack_scalars(self, plan.steps)
    return self


cdef int pack_steps(Program self, list steps) except -1:
    cdef Prepared call
    cdef Step *packed
    cdef int i, slot, num_args = 0, num_scalars = 0
    self.num_steps = len(steps)
    self.steps = <Step *>block(self.num_steps, sizeof(Step))
    self.args = <int *>block(sum([len(step.args) for step in steps]), sizeof(int))
    for i in range(self.num_steps):
        call = steps[i].call
        packed = &self.steps[i]
        packed.fn = call.fn if call.kind == KERNEL else NULL
        packed.desc, packed.call = call.desc, <void *>call
        packed.first_arg, packed.num_inputs = num_args, steps[i].num_inputs
        packed.num_args, packed.first_scalar = len(steps[i].args), num_scalars
        for slot in steps[i].args:
            self.args[num_args] = slot
            num_args += 1
        num_scalars += len(steps[i].scalars) + 2 * call.op.needs_key
        self.max_args = max(self.max_args, packed.num_args + 1)      # and its scratch
        self.release_gil = self.release_gil or call.release_gil
    self.num_scalars = num_scalars
    return 0


cdef int pack_scalars(Program self, list steps) except -1:
    """Constants are stored now; for the rest, code is stored that computes them at a run."""
    cdef list code = []
    cdef int position = 0, i
    self.scalars = <mx_scalar *>block(self.num_scalars, sizeof(mx_scalar))
    self.random_steps = []
    for step in steps:
        if (<Prepared>step.call).op.needs_key:
            self.random_steps.append(position)
            position += 2
        for value in step.scalars:
            if isinstance(value, (int, float)):
                self.scalars[position].f = value
            else:
                code += [*value.code, ("store", position)]
            position += 1
    self.num_instructions = len(code)
    self.instructions = <Instruction *>block(self.num_instructions, sizeof(Instruction))
    for i, (name, operand) in enumerate(code):
        self.instructions[i].code = SCALAR_CODE.index(name)
        self.instructions[i].operand = operand
    return 0
