"""WikiText from local files, from an archive, from a server; samples as recorded from MXNet."""

import gzip
import hashlib
import zipfile

import numpy as np
import pytest
from web_server import serving

import mxlite as mx
from mxlite.contrib.text.wikitext import Remote
from mxlite.gluon.contrib.data.text import WikiText2, WikiText103

TRAIN = (" \n = Title = \n \n The cat sat <unk> on the mat . \n The dog @-@ house , the end . \n"
         "\n a b c d e f g h i j k l m n o p q r s t\n")
TEST = "the cat zzz\n sat on dog dog dog mat . end end\n"


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "wikitext-2"
    folder.mkdir()
    (folder / "wiki.train.tokens").write_text(TRAIN)
    (folder / "wiki.test.tokens.gz").write_bytes(gzip.compress(TEST.encode()))
    return folder


def samples(dataset):
    return [(data.tolist(), label.tolist()) for data, label in dataset]


def test_samples(root):
    """As MXNet 1.9.1 makes them of these files."""
    train = WikiText2(root, seq_len=5)
    assert len(train) == 8 and train[0][0].dtype == np.int32
    assert samples(train)[:3] == [
        ([3, 8, 3, 1, 4], [8, 3, 1, 4, 12]), ([12, 34, 0, 29, 5], [34, 0, 29, 5, 26]),
        ([26, 2, 1, 4, 14], [2, 1, 4, 14, 7])]
    assert len(train.vocabulary) == 36
    assert train.vocabulary.idx_to_token[:6] == ["<unk>", "<eos>", ".", "=", "The", "the"]
    assert train.frequencies["The"] == 2
    test = WikiText2(root.parent, segment="test", vocab=train.vocabulary, seq_len=4)
    assert samples(test) == [([5, 12, 0, 1], [12, 0, 1, 34]), ([34, 29, 14, 14], [29, 14, 14, 14]),
                             ([14, 26, 2, 16], [26, 2, 16, 16])]
    assert len(test.frequencies) == 9 and test.vocabulary is train.vocabulary


def test_batches(root):
    train = WikiText2(root, seq_len=5)
    data, label = next(iter(mx.gluon.data.DataLoader(train, batch_size=3)))
    assert data.shape == label.shape == (3, 5) and data[1].tolist() == [12, 34, 0, 29, 5]


def test_an_archive_from_a_server(tmp_path, monkeypatch):
    archive = tmp_path / "there.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("wikitext-103/wiki.valid.tokens", TRAIN)
    content = archive.read_bytes()
    monkeypatch.setattr(WikiText103, "_archive", Remote("wikitext-103-v1.zip",
                                                        hashlib.sha1(content).hexdigest()))
    monkeypatch.setenv("MXNET_HOME", str(tmp_path))
    with serving({"/gluon/dataset/wikitext-103/wikitext-103-v1.zip": content}) as server:
        monkeypatch.setenv("MXNET_GLUON_REPO", server.url(""))
        assert len(WikiText103(segment="validation", seq_len=5)) == 8
    assert len(WikiText103(segment="validation", seq_len=5)) == 8       # which is there now
    with pytest.raises(ValueError, match=r"wikitext-103-v1.zip: the archive has no wiki.test.tok"):
        WikiText103(segment="test")


def test_messages(tmp_path, root, monkeypatch):
    monkeypatch.setenv("MXNET_GLUON_REPO", "http://localhost:1/")
    with pytest.raises(OSError, match=r"WikiText2: folder .*none lacks wiki.valid.tokens, and "
                                      r"download.*To do without, put the file into .*none"):
        WikiText2(tmp_path / "none", segment="validation")
    with pytest.raises(ValueError, match="segment must be 'train', 'validation' or 'test'; got 'v"):
        WikiText2(root, segment="valid")
    with pytest.raises(ValueError, match="must have more than seq_len=100 tokens; it has 43"):
        WikiText2(root, seq_len=100)
    with pytest.raises(ValueError, match="WikiText2: seq_len must be an integer of at least 1"):
        WikiText2(root, seq_len=0)
    (root / "wiki.train.tokens").write_bytes(b"\xff")
    with pytest.raises(ValueError, match=r"wiki.train.tokens: cannot be read: 'utf-8' codec"):
        WikiText2(root)
    (tmp_path / "wikitext-2-v1.zip").write_bytes(b"no archive")
    with pytest.raises(ValueError, match=r"wikitext-2-v1.zip: cannot be read: File is not a zip"):
        WikiText2(tmp_path, segment="validation")
    with pytest.raises(AttributeError, match="no attribute 'WikiText3'"):
        mx.gluon.contrib.data.text.WikiText3  # noqa: B018
