"""Files of trained parameters: where they are, and how they come there."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import zipfile
import zlib

from ...base import MXNetError, MXNetValueError, data_dir
from ...whole_file import replacing
from ...wording import suggestion
from ..download import DownloadError, check_sha1, download, repo_file_url

# name of the model -> SHA-1 of its file
_model_sha1 = {
    "alexnet": "44335d1f0046b328243b32a26a4fbd62d9057b45",
    "densenet121": "f27dbf2dbd5ce9a80b102d89c7483342cd33cb31",
    "densenet161": "b6c8a95717e3e761bd88d145f4d0a214aaa515dc",
    "densenet169": "2603f878403c6aa5a71a124c4a3307143d6820e9",
    "densenet201": "1cdbc116bc3a1b65832b18cf53e1cb8e7da017eb",
    "inceptionv3": "ed47ec45a937b656fcc94dabde85495bbef5ba1f",
    "mobilenet0.25": "9f83e440996887baf91a6aff1cccc1c903a64274",
    "mobilenet0.5": "8e9d539cc66aa5efa71c4b6af983b936ab8701c3",
    "mobilenet0.75": "529b2c7f4934e6cb851155b22c96c9ab0a7c4dc2",
    "mobilenet1.0": "6b8c5106c730e8750bcd82ceb75220a3351157cd",
    "mobilenetv2_0.25": "ae8f9392789b04822cbb1d98c27283fc5f8aa0a7",
    "mobilenetv2_0.5": "aabd26cd335379fcb72ae6c8fac45a70eab11785",
    "mobilenetv2_0.75": "e2be7b72a79fe4a750d1dd415afedf01c3ea818d",
    "mobilenetv2_1.0": "36da4ff1867abccd32b29592d79fc753bca5a215",
    "resnet18_v1": "a0666292f0a30ff61f857b0b66efc0228eb6a54b",
    "resnet18_v2": "a81db45fd7b7a2d12ab97cd88ef0a5ac48b8f657",
    "resnet34_v1": "48216ba99a8b1005d75c0f3a0c422301a0473233",
    "resnet34_v2": "9d6b80bbc35169de6b6edecffdd6047c56fdd322",
    "resnet50_v1": "0aee57f96768c0a2d5b23a6ec91eb08dfb0a45ce",
    "resnet50_v2": "ecdde35339c1aadbec4f547857078e734a76fb49",
    "resnet101_v1": "d988c13d6159779e907140a638c56f229634cb02",
    "resnet101_v2": "18e93e4f48947e002547f50eabbcc9c83e516aa6",
    "resnet152_v1": "671c637a14387ab9e2654eafd0d493d86b1c8579",
    "resnet152_v2": "f2695542de38cf7e71ed58f02893d82bb409415e",
    "squeezenet1.0": "264ba4970a0cc87a4f15c96e25246a1307caf523",
    "squeezenet1.1": "33ba0f93753c83d86e1eb397f38a667eaf2e9376",
    "vgg11": "dd221b160977f36a53f464cb54648d227c707a05",
    "vgg11_bn": "ee79a8098a91fbe05b7a973fed2017a6117723a8",
    "vgg13": "6bc5de58a05a5e2e7f493e2d75a580d83efde38c",
    "vgg13_bn": "7d97a06c3c7a1aecc88b6e7385c2b373a249e95e",
    "vgg16": "e660d4569ccb679ec68f1fd3cce07a387252a90a",
    "vgg16_bn": "7f01cf050d357127a73826045c245041b0df7363",
    "vgg19": "ad2f660d101905472b83590b59708b71ea22b2e5",
    "vgg19_bn": "f360b758e856f1074a85abd5fd873ed1d98297c3",
}
_NAMESPACE = "gluon/models"
_BLOCK = 1 << 20
_LARGEST = 1 << 30                  # bytes; the largest of them, vgg19_bn, has 575 million


def short_hash(name: str) -> str:
    """The first 8 digits of the SHA-1 of a model's file, which its name has, too.

    Raises MXNetValueError for a model without trained parameters.
    """
    if name not in _model_sha1:
        raise MXNetValueError(f"there are no pretrained parameters of a model {name!r}"
                              f"{suggestion(name, _model_sha1)}")
    return _model_sha1[name][:8]


def get_model_file(name: str, root: str | None = None) -> str:
    """The path of a model's trained parameters, `<name>-<short hash>.params` in `root`.

    root: a folder; None: models in ~/.mxnet, or in the environment's MXNET_HOME. If the file is not
        there, or has not the right SHA-1, gluon/models/<name>-<short hash>.zip is downloaded from
        MXNet's repository, or from a copy of it whose address (http://, https:// or file://) is in
        MXNET_GLUON_REPO.
    Raises MXNetValueError for an unknown name, DownloadError where the file cannot be had, and then
    nothing has changed.
    """
    base = f"{name}-{short_hash(name)}"
    root = _folder(root)
    path = os.path.join(root, f"{base}.params")
    if os.path.exists(path):
        if check_sha1(path, _model_sha1[name]):
            return path
        logging.warning("get_model_file: %s has not the SHA-1 %s; it is downloaded again", path,
                        _model_sha1[name])
    url = repo_file_url(_NAMESPACE, f"{base}.zip")
    os.makedirs(root, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", suffix=".part", dir=root) as folder:
        try:
            archive = download(url, os.path.join(folder, f"{base}.zip"), retries=3)
            _unpack(archive, url, path, _model_sha1[name])
        except DownloadError as error:
            raise DownloadError(
                f"get_model_file: {error.fault}",
                f"To do without, put {base}.params into {os.path.abspath(root)}, or "
                f"{_NAMESPACE}/{base}.zip below an address in MXNET_GLUON_REPO, such as "
                "http://localhost:8000 or file:///mirror") from None
    return path


def _unpack(archive: str, url: str, path: str, sha1: str) -> None:
    """Write the one member of the zip that is wanted to `path`, if its SHA-1 is right."""
    member = os.path.basename(path)
    digest = hashlib.sha1()
    try:
        with zipfile.ZipFile(archive) as file:
            if file.getinfo(member).file_size > _LARGEST:
                raise DownloadError(f"{member} in {url} would have more than {_LARGEST} bytes")
            with file.open(member) as source, replacing(path) as target:
                while block := source.read(_BLOCK):
                    digest.update(block)
                    target.write(block)
                if digest.hexdigest() != sha1:
                    raise DownloadError(f"the SHA-1 of {member} in {url} is {digest.hexdigest()}, "
                                        f"not {sha1}")
    except KeyError:
        raise DownloadError(f"{url} has no {member}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        if isinstance(error, MXNetError):
            raise
        raise DownloadError(f"{url} is no zip that can be read: {error}") from None


def purge(root: str | None = None) -> None:
    """Delete all `.params` files in `root` (None: the folder of get_model_file)."""
    root = _folder(root)
    for name in os.listdir(root) if os.path.isdir(root) else ():
        if name.endswith(".params"):
            os.remove(os.path.join(root, name))


def _folder(root: str | None) -> str:
    return os.path.join(data_dir(), "models") if root is None else os.path.expanduser(root)
