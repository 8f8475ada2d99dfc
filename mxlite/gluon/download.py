"""`download`: files from the web, checked, resumed and written atomically."""

from __future__ import annotations

import hashlib
import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from ..base import MXNetError, MXNetValueError
from ..whole_file import move_to, target_of

try:
    import fcntl
except ImportError:                                # not on Windows: there, nothing is resumed
    fcntl = None                                   # type: ignore[assignment]

if TYPE_CHECKING:
    from urllib.error import HTTPError  # at run time, what fetches is imported by who fetches

_REPOSITORY = "https://apache-mxnet.s3-accelerate.dualstack.amazonaws.com/"
_BLOCK = 1 << 18
_TIMEOUT = 30                                      # seconds without a byte


class DownloadError(MXNetError, OSError):
    """A file could not be fetched, or is not the one that was wanted.

    fault: what happened, without what to do about it.
    """

    def __init__(self, fault: str, advice: str = "") -> None:
        super().__init__(f"{fault}. {advice}" if advice else fault)
        self.fault = fault


class _NoSuchFile(Exception):
    """The server says that trying again is no use."""


def repo_url() -> str:
    """Where data sets and models are fetched from, with a slash at the end: MXNET_GLUON_REPO."""
    return (os.environ.get("MXNET_GLUON_REPO") or _REPOSITORY).rstrip("/") + "/"


def repo_file_url(namespace: str, filename: str) -> str:
    """The address of a file there: repo_file_url("gluon/dataset/mnist", "train.gz")."""
    return f"{repo_url()}{namespace}/{filename}"


def check_sha1(filename: str, sha1_hash: str) -> bool:
    """Whether the file has this SHA-1 (40 hexadecimal digits)."""
    with open(filename, "rb") as file:
        return hashlib.file_digest(file, "sha1").hexdigest() == sha1_hash.lower()


def replace_file(src: str, dst: str) -> None:
    """Move a file over another: whoever opens dst sees the old or the new one, whole.

    dst keeps its mode if it is there.
    """
    move_to(src, dst)


def download(url: str, path: str | None = None, overwrite: bool = False,
             sha1_hash: str | None = None, retries: int = 5, verify_ssl: bool = True) -> str:
    """Download a file unless it exists; returns its path.

    url: http://, https:// or file://.
    path: the file, or a folder for it; None: here. overwrite: fetch it in any case. sha1_hash: 40
        hexadecimal digits; a file there with another hash is fetched again.
    retries: how many more times to try; each resumes where the last one failed, if the server
        supports that. With sha1_hash a later call resumes, too, from the `.part` file.
    verify_ssl: check the server's certificate.
    Raises DownloadError, with no file written.
    """
    if retries < 0:
        raise MXNetValueError(f"download: retries must be at least 0; got {retries}")
    if "://" not in url:
        raise MXNetValueError("download: url must begin with http://, https:// or file://; "
                              f"got {url!r}")
    given = _target(url, path)
    name = target_of(given)
    if not overwrite and os.path.exists(name) and (
            not sha1_hash or check_sha1(name, sha1_hash)):
        return given
    if not verify_ssl:
        warnings.warn(f"download: the certificate of the server of {url} is not checked",
                      stacklevel=2)
    os.makedirs(os.path.dirname(os.path.abspath(name)), exist_ok=True)
    with _partial(name, keep=bool(sha1_hash)) as part:
        fetch = _Fetch(url, part, name, sha1_hash, verify_ssl)
        fetch.run(retries)
        replace_file(part.name, name)
    return given


def _target(url: str, path: str | None) -> str:
    base = url.split("?")[0].split("#")[0].rsplit("/", 1)[-1]
    if path is not None and not os.path.isdir(os.path.expanduser(path)) and not path.endswith("/"):
        return os.path.expanduser(path)
    if not base:
        raise MXNetValueError(f"download: url must end in a file name, or path must have one; "
                              f"got {url!r}")
    return os.path.join(os.path.expanduser(path or ""), base)


@contextmanager
def _partial(name: str, keep: bool) -> Iterator[IO[bytes]]:
    """`name`.part, opened to go on with, or a file of our own where another process has that one.

    After an error it stays only if `keep`: without a hash, nobody can tell what it is part of.
    """
    file = _locked(name + ".part") if keep else None
    keep = file is not None
    with file or open(f"{name}.{os.getpid()}.{time.monotonic_ns()}.part", "w+b") as file:
        try:
            yield file
        except BaseException:
            file.flush()
            if not (keep and os.path.getsize(file.name)):
                os.unlink(file.name)
            raise


def _locked(path: str) -> IO[bytes] | None:
    """The file, opened and locked; None if another process holds it, or has just finished it."""
    if fcntl is None:
        return None
    file = open(path, "a+b")                       # noqa: SIM115  given out open
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(file.fileno()), os.stat(path)):
            return file
    except OSError:
        pass
    file.close()
    return None


class _Fetch:
    """One file being fetched into `part`."""

    def __init__(self, url: str, part: IO[bytes], name: str, sha1: str | None,
                 verify: bool) -> None:
        self.url, self.part, self.name, self.sha1 = url, part, name, sha1
        import ssl

        self.context = None if verify else ssl._create_unverified_context()
        self.version: str | None = None            # ETag or date of what `part` holds

    def run(self, retries: int) -> None:
        """Try up to 1 + retries times."""
        from http.client import HTTPException

        tries = 0
        resumed = self.part.seek(0, os.SEEK_END) > 0
        while True:
            try:
                tries += 1
                self.once()
                if not self.sha1 or self.digest() == self.sha1.lower():
                    return
                fault = f"its SHA-1 is {self.digest()}, not {self.sha1}"
                self.restart()
                if not resumed:                    # all of it came in this call: it is like that
                    raise self.error(tries, fault)
                resumed = False
            except (OSError, HTTPException) as error:
                if isinstance(error, DownloadError):
                    raise
                fault = str(error) or type(error).__name__
            except _NoSuchFile as error:
                raise self.error(tries, str(error)) from None
            if tries > retries:
                raise self.error(tries, fault)
            time.sleep(min(0.05 * 2 ** tries, 5))

    def error(self, tries: int, fault: str) -> DownloadError:
        folder, base = os.path.split(os.path.abspath(self.name))
        return DownloadError(
            f"download: {self.url} could not be fetched ({tries} tries): {fault}",
            f"To do without, put the file into {folder} as {base}")

    def digest(self) -> str:
        self.part.seek(0)
        return hashlib.file_digest(self.part, "sha1").hexdigest()  # type: ignore[arg-type]

    def restart(self) -> None:
        """Forget what has come."""
        self.part.seek(0)
        self.part.truncate()
        self.version = None

    def once(self) -> None:
        """One request; raises OSError if it ends early."""
        from urllib.error import HTTPError, URLError
        from urllib.request import Request, urlopen

        have = self.part.seek(0, os.SEEK_END)
        if have and not self.version and not self.sha1:
            self.restart()
            have = 0
        request = Request(self.url, headers={"Accept-Encoding": "identity"})
        if have:
            request.add_header("Range", f"bytes={have}-")
            if self.version:
                request.add_header("If-Range", self.version)
        try:
            response = urlopen(request, timeout=_TIMEOUT, context=self.context)
        except HTTPError as error:
            self.refused(error, have)
            return
        except URLError as error:
            if self.url.startswith("file:"):
                raise _NoSuchFile(str(error.reason)) from None
            raise
        with response:
            if have and not str(response.headers.get("Content-Range", "")).startswith(
                    f"bytes {have}-"):
                self.restart()                     # the whole file comes
                have = 0
            self.version = response.headers.get("ETag") or response.headers.get("Last-Modified")
            self.take(response, have)

    def refused(self, error: HTTPError, have: int) -> None:
        """What an HTTP error means."""
        error.close()
        if error.code == 416 and have:             # nothing behind: all is there, or it is too much
            if not self.sha1 or self.digest() != self.sha1.lower():
                self.restart()
                raise OSError(str(error))
        elif 400 <= error.code < 500 and error.code not in (408, 425, 429):
            raise _NoSuchFile(str(error))
        else:
            raise OSError(str(error))

    def take(self, response: Any, have: int) -> None:
        """Write what comes, with a progress bar on a terminal."""
        from tqdm import tqdm

        length = response.headers.get("Content-Length")
        total = None if length is None else have + int(length)
        with tqdm(total=total, initial=have, unit="B", unit_scale=True, unit_divisor=1024,
                  desc=os.path.basename(self.name), disable=None) as bar:
            while block := response.read(_BLOCK):
                self.part.write(block)
                have += len(block)
                bar.update(len(block))
        self.part.flush()
        if total is not None and have != total:
            raise OSError(f"the connection ended after {have} of {total} bytes")
