"""Files of trained parameters: found, fetched from a server or a folder, checked, unpacked."""

import hashlib
import io
import logging
import os
import zipfile

import pytest
from web_server import serving

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.gluon.download import DownloadError
from mxlite.gluon.model_zoo import model_store, vision
from mxlite.gluon.model_zoo.model_store import get_model_file, purge, short_hash

CONTENT = bytes(range(256)) * 5000
SHA1 = hashlib.sha1(CONTENT).hexdigest()
BASE = f"alexnet-{SHA1[:8]}"
PATH = f"/gluon/models/{BASE}.zip"


def zipped(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.fixture
def server(monkeypatch):
    """A repository with one file, in which a model called alexnet has CONTENT."""
    monkeypatch.setitem(model_store._model_sha1, "alexnet", SHA1)
    with serving({PATH: zipped({f"{BASE}.params": CONTENT})}) as running:
        monkeypatch.setenv("MXNET_GLUON_REPO", running.url(""))
        yield running


def assert_whole(path, root):
    """The file is there, and nothing else."""
    assert os.listdir(root) == [os.path.basename(path)] == [f"{BASE}.params"]
    with open(path, "rb") as file:
        assert file.read() == CONTENT


def test_a_file_is_fetched_once(server, tmp_path):
    root = tmp_path / "new" / "folder"
    for _ in range(2):
        path = get_model_file("alexnet", root=str(root))
        assert path == str(root / f"{BASE}.params")
        assert_whole(path, root)
    assert len(server.requests) == 1


def test_the_folder_is_in_mxnet_home(server, tmp_path, monkeypatch):
    monkeypatch.setenv("MXNET_HOME", str(tmp_path))
    path = get_model_file("alexnet")
    assert path == str(tmp_path / "models" / f"{BASE}.params")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert get_model_file("alexnet", root="~/models") == path and len(server.requests) == 1
    purge()
    assert os.listdir(tmp_path / "models") == []


def test_a_file_of_another_content_is_fetched_again(server, tmp_path, caplog):
    (tmp_path / f"{BASE}.params").write_bytes(b"other")
    with caplog.at_level(logging.WARNING):
        assert_whole(get_model_file("alexnet", str(tmp_path)), tmp_path)
    assert f"{BASE}.params has not the SHA-1 {SHA1}; it is downloaded again" in caplog.text


def test_a_broken_connection_is_tried_again(server, tmp_path):
    server.break_after = [1000]
    server.statuses = [503]
    assert_whole(get_model_file("alexnet", str(tmp_path)), tmp_path)


def test_a_folder_can_be_the_repository(server, tmp_path, monkeypatch):
    archive = tmp_path / "mirror" / PATH.strip("/")
    archive.parent.mkdir(parents=True)
    archive.write_bytes(server.files[PATH])
    monkeypatch.setenv("MXNET_GLUON_REPO", (tmp_path / "mirror").as_uri())
    root = tmp_path / "root"
    assert_whole(get_model_file("alexnet", str(root)), root)
    archive.unlink()
    purge(str(root))
    with pytest.raises(DownloadError, match=rf"file://.*{BASE}.zip could not be fetched "
                                            r"\(1 tries\): .*No such file"):
        get_model_file("alexnet", str(root))


@pytest.mark.parametrize("content, message", [
    (zipped({f"{BASE}.params": CONTENT[1:]}),
     f"the SHA-1 of {BASE}.params in http.*{BASE}.zip is {hashlib.sha1(CONTENT[1:]).hexdigest()}, "
     f"not {SHA1}"),
    (zipped({"other.params": CONTENT}), rf"{BASE}\.zip has no {BASE}\.params"),
    (zipped({f"folder/{BASE}.params": CONTENT}), rf"{BASE}\.zip has no {BASE}\.params"),
    (b"flipped", None),
    (b"<html>", rf"{BASE}\.zip is no zip that can be read: File is not a zip file"),
    (None, rf"{BASE}\.zip could not be fetched \(1 tries\): HTTP Error 404: Not Found"),
])
@pytest.mark.parametrize("old", [None, b"old"])
def test_what_is_wrong_is_named_and_nothing_changes(server, tmp_path, content, message, old):
    if message is None:                             # a flipped byte of the compressed data
        middle = len(server.files[PATH]) // 2
        content = bytearray(server.files[PATH])
        content[middle] ^= 255
        message = r"is no zip that can be read: |the SHA-1 of"
    server.files = {} if content is None else {PATH: bytes(content)}
    path = tmp_path / f"{BASE}.params"
    if old:
        path.write_bytes(old)
    advice = (rf"\. To do without, put {BASE}\.params into {tmp_path}, or gluon/models/{BASE}\.zip "
              "below an address in MXNET_GLUON_REPO, such as http://localhost:8000 or file:///mirror")
    with pytest.raises(DownloadError, match=f"get_model_file: .*({message}).*{advice}") as raised:
        get_model_file("alexnet", str(tmp_path))
    assert isinstance(raised.value, (MXNetError, OSError))
    assert os.listdir(tmp_path) == [path.name] * bool(old)
    assert not old or path.read_bytes() == old


def test_a_member_that_would_fill_the_disk(server, tmp_path, monkeypatch):
    monkeypatch.setattr(model_store, "_LARGEST", len(CONTENT) - 1)
    with pytest.raises(DownloadError, match=rf"{BASE}\.params in .* would have more than 1279999 "):
        get_model_file("alexnet", str(tmp_path))
    assert os.listdir(tmp_path) == []


def test_only_the_wanted_member_is_unpacked(server, tmp_path):
    server.files[PATH] = zipped({"../escaped": b"x", "/escaped": b"x", f"{BASE}.params": CONTENT,
                                 "more.params": b"x"})
    root = tmp_path / "root"
    assert_whole(get_model_file("alexnet", str(root)), root)
    assert os.listdir(tmp_path) == ["root"]


def test_names_and_hashes():
    assert short_hash("resnet50_v1") == "0aee57f9"
    assert {*model_store._model_sha1} == {*vision._MODELS}
    with pytest.raises(ValueError, match=r"there are no pretrained parameters of a model "
                                         r"'resnet50'; did you mean 'resnet50_v[12]'"):
        short_hash("resnet50")
    with pytest.raises(MXNetError, match=r"of a model 'mobilenet0\.3'"):
        vision.get_mobilenet(0.3, pretrained=True)


def test_purge_deletes_parameters_alone(tmp_path):
    for name in ("a.params", "b.params", "c.txt"):
        (tmp_path / name).write_bytes(b"")
    purge(str(tmp_path))
    assert os.listdir(tmp_path) == ["c.txt"]
    purge(str(tmp_path / "missing"))


# a model, and the keywords that its trained parameters do not fit
MODELS = {"alexnet": {}, "densenet121": {"bn_size": 2}, "inceptionv3": {}, "mobilenet0.25": {},
          "mobilenetv2_0.5": {}, "resnet18_v1": {"thumbnail": True}, "squeezenet1.1": {},
          "vgg11_bn": {}}


@pytest.mark.parametrize("name", MODELS)
def test_pretrained(name, tmp_path, monkeypatch):
    """The file that is asked for has the model's name; its parameters come to the context."""
    asked = []

    def stored(model, root=None):
        asked.append((model, root))
        return str(tmp_path / "file")

    monkeypatch.setattr("mxlite.gluon.model_zoo.vision.classifier.get_model_file", stored)
    monkeypatch.setattr(mx.gluon.Block, "load_parameters",
                        lambda self, path, ctx: asked.append((path, ctx)))
    vision.get_model(name, pretrained=True, ctx=mx.cpu(1), root="here", classes=1000)
    assert asked == [(name, "here"), (str(tmp_path / "file"), mx.cpu(1))]
    for key, value in {"classes": 10, **MODELS[name]}.items():
        with pytest.raises(ValueError, match=f"{name}: the pretrained parameters are for {key}=.*; "
                                             f"got {key}={value}. For other classes"):
            vision.get_model(name, pretrained=True, **{key: value})
    assert len(asked) == 2


def test_pretrained_parameters_are_loaded(server, tmp_path, monkeypatch):
    """Of a small network in the place of a large one, from the server to the scores."""
    net = vision.MobileNet(0.25)
    net.initialize(mx.init.Normal(0.1))
    x = mx.nd.ones((1, 3, 32, 32))
    scores = net(x).asnumpy()
    net.save_parameters(str(tmp_path / "file"))
    content = (tmp_path / "file").read_bytes()
    sha1 = hashlib.sha1(content).hexdigest()
    monkeypatch.setitem(model_store._model_sha1, "mobilenet0.25", sha1)
    base = f"mobilenet0.25-{sha1[:8]}"
    server.files[f"/gluon/models/{base}.zip"] = zipped({f"{base}.params": content})
    for _ in range(2):
        twin = vision.get_model("mobilenet0.25", pretrained=True, root=str(tmp_path / "root"))
        assert (twin(x).asnumpy() == scores).all() and len(server.requests) == 1
