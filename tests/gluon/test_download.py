"""gluon.utils.download against a server in a thread that breaks off, refuses, and lies."""

import hashlib
import os
import threading

import pytest
from web_server import serving

from mxlite.base import MXNetError
from mxlite.gluon import utils
from mxlite.gluon.download import DownloadError

CONTENT = bytes(range(256)) * 2000
SHA1 = hashlib.sha1(CONTENT).hexdigest()


@pytest.fixture
def server():
    with serving({"/a/file.bin": CONTENT}) as running:
        yield running


def fetch(server, folder, **options):
    return utils.download(server.url("/a/file.bin"), str(folder), **options)


def check(path, folder):
    """The whole file is there, and nothing else."""
    assert os.listdir(folder) == [os.path.basename(path)]
    with open(path, "rb") as file:
        assert file.read() == CONTENT


def test_where_the_file_goes(server, tmp_path, monkeypatch):
    folder = tmp_path / "folder"
    folder.mkdir()
    assert fetch(server, folder) == str(folder / "file.bin")
    check(folder / "file.bin", folder)
    path = tmp_path / "new" / "other.name"
    assert utils.download(server.url("/a/file.bin"), str(path)) == str(path)
    check(path, path.parent)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert utils.download(server.url("/a/file.bin?version=3")) == "file.bin"
    check(here / "file.bin", here)


def test_what_is_there_is_not_fetched_again(server, tmp_path):
    path = fetch(server, tmp_path, sha1_hash=SHA1)
    fetch(server, tmp_path)
    fetch(server, tmp_path, sha1_hash=SHA1.upper())
    assert len(server.requests) == 1
    with open(path, "wb") as file:
        file.write(b"other")
    fetch(server, tmp_path)
    assert len(server.requests) == 1
    fetch(server, tmp_path, sha1_hash=SHA1)
    check(path, tmp_path)
    fetch(server, tmp_path, overwrite=True)
    assert server.requests == [None] * 3


@pytest.mark.parametrize("sha1", [None, SHA1])
def test_a_broken_connection_is_resumed(server, tmp_path, sha1):
    server.break_after = [100_000, 1000]
    check(fetch(server, tmp_path, sha1_hash=sha1), tmp_path)
    assert server.requests == [None, "bytes=100000-", "bytes=101000-"]


def test_a_server_without_ranges_starts_anew(server, tmp_path):
    server.ranges = False
    server.break_after = [100_000]
    check(fetch(server, tmp_path, sha1_hash=SHA1), tmp_path)
    assert server.requests == [None, "bytes=100000-"]


def test_without_version_and_hash_nothing_is_joined(server, tmp_path):
    server.etag = None
    server.break_after = [100_000]
    check(fetch(server, tmp_path), tmp_path)
    assert server.requests == [None, None]


def test_a_file_that_changed_meanwhile_is_not_joined(server, tmp_path):
    def change():
        server.files["/a/file.bin"], server.etag = CONTENT, '"2"'

    server.files["/a/file.bin"] = CONTENT[::-1]
    server.break_after = [100_000]
    server.after = change
    check(fetch(server, tmp_path), tmp_path)
    assert server.requests == [None, "bytes=100000-"]


def test_a_later_call_goes_on_if_it_can_check(server, tmp_path):
    server.break_after = [100_000]
    with pytest.raises(DownloadError, match=r"\(1 tries\): the connection ended after 100000 of"):
        fetch(server, tmp_path, sha1_hash=SHA1, retries=0)
    assert os.listdir(tmp_path) == ["file.bin.part"]
    check(fetch(server, tmp_path, sha1_hash=SHA1), tmp_path)
    assert server.requests == [None, "bytes=100000-"]


@pytest.mark.parametrize("left", [b"wrong", CONTENT, CONTENT + b"more"])
def test_whatever_an_earlier_call_left(server, tmp_path, left):
    (tmp_path / "file.bin.part").write_bytes(left)
    check(fetch(server, tmp_path, sha1_hash=SHA1), tmp_path)
    assert server.requests == ([f"bytes={len(left)}-"] + [None] * (left != CONTENT))


def test_without_hash_nothing_is_left(server, tmp_path):
    server.break_after = [100]
    with pytest.raises(DownloadError):
        fetch(server, tmp_path, retries=0)
    assert os.listdir(tmp_path) == []


def test_a_wrong_hash(server, tmp_path):
    with pytest.raises(DownloadError, match=f"its SHA-1 is {SHA1}, not {'0' * 40}. To do without, "
                                            f"put the file into {tmp_path} as file.bin"):
        fetch(server, tmp_path, sha1_hash="0" * 40)
    assert os.listdir(tmp_path) == [] and len(server.requests) == 1
    (tmp_path / "file.bin").write_bytes(b"old")
    with pytest.raises(DownloadError):
        fetch(server, tmp_path, sha1_hash="0" * 40, overwrite=True)
    assert (tmp_path / "file.bin").read_bytes() == b"old"


def test_no_such_file_is_not_tried_again(server, tmp_path):
    with pytest.raises(DownloadError, match=r"file.no could not be fetched \(1 tries\): HTTP Error "
                                            "404: Not Found"):
        utils.download(server.url("/file.no"), str(tmp_path))
    assert len(server.requests) == 1 and os.listdir(tmp_path) == []


def test_a_file_of_this_machine(tmp_path):
    (tmp_path / "file.bin").write_bytes(CONTENT)
    url, folder = (tmp_path / "file.bin").as_uri(), tmp_path / "folder"
    check(utils.download(url, str(folder / "copy"), sha1_hash=SHA1), folder)
    for name, fault in (("none", "No such file"), ("file.bin/none", "Not a directory")):
        with pytest.raises(DownloadError, match=rf"none could not be .* \(1 tries\): .*{fault}"):
            utils.download(url.replace("file.bin", name), str(folder))
    assert os.listdir(folder) == ["copy"]


def test_an_error_holds_what_happened_apart(server, tmp_path):
    with pytest.raises(DownloadError) as raised:
        utils.download(server.url("/none"), str(tmp_path))
    fault = "could not be fetched (1 tries): HTTP Error 404: Not Found"
    assert raised.value.fault == f"download: {server.url('/none')} {fault}"
    assert str(raised.value) == (f"{raised.value.fault}. To do without, put the file into "
                                 f"{tmp_path} as none")


def test_a_busy_server_is_tried_again(server, tmp_path):
    server.statuses = [503, 429]
    check(fetch(server, tmp_path), tmp_path)
    server.statuses = [503] * 3
    with pytest.raises(DownloadError, match=r"\(3 tries\): HTTP Error 503"):
        fetch(server, tmp_path, overwrite=True, retries=2)
    check(tmp_path / "file.bin", tmp_path)


def test_no_server(tmp_path):
    with pytest.raises(OSError, match=r"http://127.0.0.1:9/x could not be fetched \(2 tries\): .*"
                                      rf"refused.* put the file into {tmp_path} as x"):
        utils.download("http://127.0.0.1:9/x", str(tmp_path), retries=1)
    with pytest.raises(MXNetError):
        utils.download("http://127.0.0.1:9/x", str(tmp_path), retries=0, sha1_hash=SHA1)
    assert os.listdir(tmp_path) == []


def test_several_at_once(server, tmp_path):
    """Threads and processes may want the same file: one whole file comes of it."""
    threads = [threading.Thread(target=fetch, args=(server, tmp_path), kwargs={"sha1_hash": SHA1})
               for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    check(tmp_path / "file.bin", tmp_path)


@pytest.mark.parametrize(("url", "options", "message"), [
    ("http://host/", {}, "url must end in a file name, or path must have one; got 'http://host/'"),
    ("host/file", {}, "url must begin with http://, https:// or file://; got 'host/file'"),
    ("http://host/file", {"retries": -1}, "retries must be at least 0; got -1"),
])
def test_misuse_is_named(url, options, message):
    with pytest.raises(ValueError, match=message):
        utils.download(url, **options)


def test_an_unchecked_certificate_is_warned_of(server, tmp_path):
    with pytest.warns(UserWarning, match="the certificate of the server of http.* is not checked"):
        check(fetch(server, tmp_path, verify_ssl=False), tmp_path)


def test_check_sha1_and_replace_file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    assert utils.check_sha1(str(path), SHA1) and not utils.check_sha1(str(path), "0" * 40)
    utils.replace_file(str(path), str(tmp_path / "other"))
    assert os.listdir(tmp_path) == ["other"]


def test_a_link_stays_and_its_target_is_fetched(server, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "target")
    assert utils.download(server.url("/a/file.bin"), str(link)) == str(link)
    assert link.is_symlink() and (tmp_path / "target").read_bytes() == CONTENT


def test_the_repository_is_that_of_the_environment(monkeypatch):
    monkeypatch.delenv("MXNET_GLUON_REPO", raising=False)
    assert utils._get_repo_url().startswith("https://apache-mxnet.s3-accelerate.")
    monkeypatch.setenv("MXNET_GLUON_REPO", "http://mirror/path")
    assert utils._get_repo_file_url("gluon/dataset/x", "f") == "http://mirror/path/gluon/dataset/x/f"
