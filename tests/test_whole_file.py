"""Files that are written: whole, through links, to pipes and devices, with the modes they had."""

import os
import pickle
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import gluon
from mxlite.base import MXNetError
from mxlite.io.idx import write_idx
from mxlite.recordio import MXIndexedRecordIO, MXRecordIO
from mxlite.tools.rec.output import Output
from mxlite.whole_file import replacing

VALUES = mx.nd.array([[1, 2, 3]])


def save_parameters(path):
    net = gluon.nn.Dense(1, in_units=2)
    net.initialize(mx.init.One())
    net.save_parameters(path)


def save_states(path):
    gluon.Trainer([], "sgd").save_states(path)


def write_records(path):
    with MXRecordIO(path, "w") as file:
        file.write(b"record")


WRITERS = [lambda path: mx.nd.save(path, VALUES), save_parameters, save_states, write_records,
           lambda path: write_idx(path, np.zeros((2, 2), np.uint8))]
IDS = ["nd.save", "save_parameters", "save_states", "MXRecordIO", "write_idx"]
every_writer = pytest.mark.parametrize("write", WRITERS, ids=IDS)


def content(write, folder):
    path = folder / "plain"
    write(str(path))
    return path.read_bytes()


@every_writer
def test_a_link_stays_and_its_target_is_written(write, tmp_path):
    wanted = content(write, tmp_path)
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder/target"
    for before in (None, b"old"):               # the link may lead to nothing
        if before is not None:
            target.write_bytes(before)
        link = tmp_path / "link"
        link.unlink(missing_ok=True)
        link.symlink_to("folder/target")
        write(str(link))
        assert link.is_symlink() and target.read_bytes() == wanted
    assert sorted(os.listdir(tmp_path / "folder")) == ["target"]


@every_writer
def test_a_pipe_stays_one(write, tmp_path):
    wanted = content(write, tmp_path)
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write(str(pipe))
    reader.join()
    assert read == [wanted] and stat.S_ISFIFO(pipe.stat().st_mode)


@every_writer
def test_devices_stay(write):
    write("/dev/null")
    with pytest.raises(OSError, match=r"/dev/full.*No space left|No space left.*/dev/full"):
        write("/dev/full")
    for device in ("/dev/null", "/dev/full"):
        assert stat.S_ISCHR(os.stat(device).st_mode)


@pytest.mark.parametrize("to_file", [False, True])
def test_standard_output(to_file, tmp_path):
    command = [sys.executable, "-c", "import mxlite as mx; "
               "mx.nd.save('/dev/stdout', mx.nd.array([[1, 2, 3]]))"]
    path = tmp_path / "redirected"
    if to_file:
        with path.open("wb") as file:
            subprocess.run(command, check=True, stdout=file)
        written = path.read_bytes()
    else:
        written = subprocess.run(command, check=True, capture_output=True).stdout
    array, = mx.nd.load_frombuffer(written)
    assert array.asnumpy().tolist() == [[1, 2, 3]]
    assert Path("/dev/stdout").is_symlink()


@every_writer
def test_modes(write, tmp_path):
    path = tmp_path / "file"
    old = os.umask(0o027)
    try:
        write(str(path))
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        path.chmod(0o604)
        write(str(path))
        assert stat.S_IMODE(path.stat().st_mode) == 0o604
    finally:
        os.umask(old)


@every_writer
@pytest.mark.parametrize("place", ["folder", "no/such/file"])
def test_errors_name_the_users_path(write, place, tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError) as caught:
        write(str(tmp_path / place))
    assert str(tmp_path / place) in str(caught.value) and ".part" not in str(caught.value)
    assert sorted(os.listdir(tmp_path)) == ["folder"]


def test_a_file_that_may_not_be_written_stays(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)         # root may write all files
    with pytest.raises(PermissionError, match=f"Permission denied: '{path}'"):
        mx.nd.save(str(path), VALUES)
    assert path.read_bytes() == b"old"


def test_a_file_is_replaced_when_it_is_whole(tmp_path):
    path = tmp_path / "file"
    with replacing(path, "w", sync=True) as file:
        file.write("one\n")
        assert not path.exists()
    with pytest.raises(ZeroDivisionError), replacing(path, "w") as file:
        file.write("two\n")
        1 / 0  # noqa: B018
    with pytest.raises(OSError, match="no space left"), replacing(path, "w"):
        raise OSError("no space left")
    assert os.listdir(tmp_path) == ["file"] and path.read_text() == "one\n"


def test_an_index_that_cannot_be_written_is_named(tmp_path):
    file = MXIndexedRecordIO("/dev/full", str(tmp_path / "a.rec"), "w")
    file.write_idx(0, b"record")
    with pytest.raises(OSError, match="/dev/full: closing failed: No space left"):
        file.close()
    with MXRecordIO(str(tmp_path / "a.rec"), "r") as records:
        assert list(records) == [b"record"]


def test_tools_write_through_links_and_refuse_pipes(tmp_path):
    target = tmp_path / "target.rec"
    target.write_bytes(b"old")
    target.chmod(0o604)
    (tmp_path / "link.rec").symlink_to(target)
    output = Output(str(tmp_path / "link.rec"))
    output.add("0", b"record")
    output.close()
    assert (tmp_path / "link.rec").is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o604
    assert list(MXRecordIO(target, "r")) == [b"record"]
    os.mkfifo(tmp_path / "pipe.rec")
    with pytest.raises(MXNetError, match=r"pipe\.rec' must be a plain file, or none yet"):
        Output(str(tmp_path / "pipe.rec"))


def test_paths_as_bytes_and_objects(tmp_path):
    for path in (os.fsencode(tmp_path / "a"), tmp_path / "a"):
        mx.nd.save(path, VALUES)
    assert mx.nd.load(tmp_path / "a")[0].shape == (1, 3)


def test_parameters_come_through_a_pipe(tmp_path):
    save_parameters(str(tmp_path / "file"))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(
        target=lambda: pipe.write_bytes((tmp_path / "file").read_bytes()))
    writer.start()
    net = gluon.nn.Dense(1, in_units=2)
    net.load_parameters(str(pipe))
    writer.join()
    assert net.weight.data().asnumpy().tolist() == [[1, 1]]
    with pytest.raises(MXNetError, match="load: there is no file"):
        net.load_parameters(str(tmp_path))


NETWORK = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2)


@pytest.mark.parametrize("use", [
    mx.nd.load, lambda path: mx.nd.save(path, VALUES), mx.sym.load, NETWORK.save,
    lambda path: mx.model.load_checkpoint(path, 1), lambda path: mx.model.load_params(path, 1),
    lambda path: mx.model.save_checkpoint(path, 1, NETWORK, {}, {}),
    lambda path: mx.mod.Module.load(path, 1), lambda path: mx.model.FeedForward.load(path, 1),
    lambda path: mx.gluon.SymbolBlock.imports(path, ["data"]),
    lambda path: mx.gluon.nn.Dense(2).load_parameters(path), mx.init.Load,
    lambda path: mx.gluon.Trainer([], "sgd").load_states(path),
    lambda path: mx.gluon.Trainer([], "sgd").save_states(path),
    mx.gluon.data.vision.ImageFolderDataset])
@pytest.mark.parametrize("kind", [mx.base.MXNetError, FileNotFoundError])
def test_missing_files_are_errors_of_mxnet_and_of_the_system(use, kind, tmp_path):
    with pytest.raises(kind, match=str(tmp_path / "none" / "x")):
        use(str(tmp_path / "none" / "x"))


def test_folders_and_forbidden_files_are_errors_of_mxnet_and_of_the_system(tmp_path, monkeypatch):
    with pytest.raises(IsADirectoryError) as caught:
        mx.nd.load(str(tmp_path))
    assert isinstance(caught.value, mx.MXNetError) and caught.value.filename == str(tmp_path)
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)         # root may write all files
    with pytest.raises(mx.MXNetError) as caught:
        mx.nd.save(str(path), VALUES)
    assert isinstance(caught.value, PermissionError)
    assert pickle.loads(pickle.dumps(caught.value)).filename == str(path)
