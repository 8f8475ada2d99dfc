"""`gluon.data.vision`: image datasets, and the transforms of their images."""

from . import datasets as datasets
from . import transforms as transforms
from .cifar import CIFAR10 as CIFAR10
from .cifar import CIFAR100 as CIFAR100
from .images import ImageFolderDataset as ImageFolderDataset
from .images import ImageListDataset as ImageListDataset
from .images import ImageRecordDataset as ImageRecordDataset
from .mnist import MNIST as MNIST
from .mnist import FashionMNIST as FashionMNIST
