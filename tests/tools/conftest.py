"""A folder of images, what MXNet's tools made of it, and tools that are called in this process."""

import shutil
from pathlib import Path

import pytest

RECORDED = Path(__file__).parent / "recorded"


@pytest.fixture
def recorded():
    """What tools/record_mxnet_tools.py wrote."""
    return RECORDED


@pytest.fixture
def images(tmp_path):
    """A copy of the images."""
    return Path(shutil.copytree(RECORDED / "images", tmp_path / "images"))


@pytest.fixture
def several(tmp_path):
    """The prefix of a copy of the list with several labels."""
    shutil.copy(RECORDED / "several.lst", tmp_path)
    return tmp_path / "several"


@pytest.fixture
def call(capfd):
    """call(main, *arguments) -> (exit status, stdout, stderr)."""
    def call(main, *arguments):
        capfd.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
        return status, *capfd.readouterr()
    return call
