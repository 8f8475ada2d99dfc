"""Files of vectors that MXNet's repository has, and fetching them."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import NamedTuple

from ...base import MXNetValueError
from ...gluon.download import check_sha1, download, repo_file_url
from ...whole_file import replacing


class Pretrained(NamedTuple):
    """A file of vectors, and the archive it is in, with their SHA-1."""

    sha1: str
    archive: str
    archive_sha1: str


def _read() -> dict[str, dict[str, Pretrained]]:
    known: dict[str, dict[str, Pretrained]] = {}
    table = Path(__file__).with_name("pretrained.txt").read_text(encoding="ascii")
    for line in table.splitlines():
        embedding, name, *rest = line.split()
        known.setdefault(embedding, {})[name] = Pretrained(*rest)
    return known


FILES = _read()


def fetched(embedding: str, name: str, wanted: Pretrained, root: str) -> str:
    """The path of a file of vectors below `root`, fetched unless it is there."""
    folder = os.path.join(os.path.expanduser(root), embedding)
    path = os.path.join(folder, name)
    if os.path.exists(path) and check_sha1(path, wanted.sha1):
        return path
    os.makedirs(folder, exist_ok=True)
    archive = download(repo_file_url(f"gluon/embeddings/{embedding}", wanted.archive),
                       os.path.join(folder, wanted.archive), sha1_hash=wanted.archive_sha1)
    if wanted.archive == name:
        return path
    with zipfile.ZipFile(archive) as packed:
        if name not in packed.namelist():
            raise MXNetValueError(f"{archive}: {name!r} is not in this archive")
        with packed.open(name) as source, replacing(path) as target:
            while block := source.read(1 << 20):
                target.write(block)
    return path
