"""`mx.profiler`: what ran when, as a trace for chrome://tracing and as a table.

    mx.profiler.set_config(profile_all=True, aggregate_stats=True, filename="profile.json")
    mx.profiler.set_state("run")
    ...
    mx.profiler.set_state("stop")
    print(mx.profiler.dumps())
    mx.profiler.dump()

Operators of eager calls and the steps of graphs and gradients are timed, and the tasks, frames,
events, counters and markers of users. Nothing is slower while it is off.
"""

from .objects import Counter as Counter
from .objects import Domain as Domain
from .objects import Event as Event
from .objects import Frame as Frame
from .objects import Marker as Marker
from .objects import Task as Task
from .state import dump as dump
from .state import dump_profile as dump_profile
from .state import dumps as dumps
from .state import pause as pause
from .state import profiler_set_config as profiler_set_config
from .state import profiler_set_state as profiler_set_state
from .state import resume as resume
from .state import set_config as set_config
from .state import set_kvstore_handle as set_kvstore_handle
from .state import set_state as set_state

__all__ = ["Counter", "Domain", "Event", "Frame", "Marker", "Task", "dump", "dump_profile",
           "dumps", "pause", "profiler_set_config", "profiler_set_state", "resume", "set_config",
           "set_kvstore_handle", "set_state"]
