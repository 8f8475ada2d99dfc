"""`gluon.data`: datasets, samplers, and the loader that makes batches of them."""

from . import batchify as batchify
from . import vision as vision
from .dataloader import DataLoader as DataLoader
from .dataloader import LoaderTimeoutError as LoaderTimeoutError
from .dataloader import default_batchify_fn as default_batchify_fn
from .dataset import ArrayDataset as ArrayDataset
from .dataset import Dataset as Dataset
from .dataset import RecordFileDataset as RecordFileDataset
from .dataset import SimpleDataset as SimpleDataset
from .sampler import BatchSampler as BatchSampler
from .sampler import FilterSampler as FilterSampler
from .sampler import IntervalSampler as IntervalSampler
from .sampler import RandomSampler as RandomSampler
from .sampler import Sampler as Sampler
from .sampler import SequentialSampler as SequentialSampler
from .sampler import SplitSampler as SplitSampler
