"""`mx.contrib.text`: counts of tokens, vocabularies, and vectors of tokens from files."""

from . import embedding as embedding
from . import utils as utils
from . import vocab as vocab
