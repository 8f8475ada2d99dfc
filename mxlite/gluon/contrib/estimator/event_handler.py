"""Handlers under MXNet's module path."""

from .checkpoint import CheckpointHandler as CheckpointHandler
from .events import BatchBegin as BatchBegin
from .events import BatchEnd as BatchEnd
from .events import EpochBegin as EpochBegin
from .events import EpochEnd as EpochEnd
from .events import EventHandler as EventHandler
from .events import TrainBegin as TrainBegin
from .events import TrainEnd as TrainEnd
from .reporting import LoggingHandler as LoggingHandler
from .reporting import ProgressBarHandler as ProgressBarHandler
from .running import GradientUpdateHandler as GradientUpdateHandler
from .running import MetricHandler as MetricHandler
from .running import ValidationHandler as ValidationHandler
from .stopping import EarlyStoppingHandler as EarlyStoppingHandler
from .stopping import StoppingHandler as StoppingHandler
