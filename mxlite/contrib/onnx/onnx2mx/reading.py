"""ONNX files: read and checked before anything is made of them. Nothing in a file is run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import external_data_helper, inliner, numpy_helper

from ....base import MXNetTypeError, MXNetValueError
from ....whole_file import reading

OLDEST = 7                      # of opsets: before it operators broadcast by an attribute
DOMAINS = ("", "ai.onnx")


def read_model(caller: str, model_file: Any) -> onnx.ModelProto:
    """The model of a file, or a copy of one that is given, its functions inlined.

    Raises MXNetFileError where a file cannot be read, and MXNetValueError where it holds no ONNX
    model of an opset that is known here.
    """
    if isinstance(model_file, onnx.ModelProto):
        model, folder, source = onnx.ModelProto(), "", "the model"
        model.CopyFrom(model_file)          # as external tensors are loaded into it
    elif isinstance(model_file, (str, os.PathLike)):
        path = os.fspath(model_file)
        model, folder, source = _parsed(caller, path), os.path.dirname(path), repr(path)
    else:
        raise MXNetTypeError(f"{caller}: model_file must be a path or an onnx.ModelProto; "
                             f"got {type(model_file).__name__}")
    _check_texts(caller, model.graph, source)
    opset_of(caller, model, source)
    if model.functions:
        try:
            model = inliner.inline_local_functions(model)
        except Exception as error:              # onnx raises what its C++ library does
            raise MXNetValueError(f"{caller}: {source}: its functions cannot be put in place of "
                                  f"their calls: {error}") from None
    _load_external(caller, model, folder, source)
    return model


def opset_of(caller: str, model: onnx.ModelProto, source: str = "the model") -> int:
    """The version of ONNX's own operators that a model uses."""
    version = next((entry.version for entry in model.opset_import if entry.domain in DOMAINS), None)
    newest = onnx.defs.onnx_opset_version()
    if version is None:
        raise MXNetValueError(f"{caller}: {source} does not say which opset of ai.onnx it uses")
    if version < OLDEST:
        raise MXNetValueError(
            f"{caller}: {source} must use opset {OLDEST} or later; got {version}. "
            f"onnx.version_converter.convert_version(model, {OLDEST}) makes it newer")
    if version > newest:
        raise MXNetValueError(
            f"{caller}: {source} uses opset {version}, but the package onnx {onnx.__version__} "
            f"knows opsets up to {newest}; install a newer one")
    return int(version)


def array_of(caller: str, tensor: onnx.TensorProto, what: str) -> np.ndarray:
    """The numbers of a tensor; raises MXNetValueError where it is damaged."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(numpy_helper.to_array(tensor))
    except Exception as error:                  # ValueError, TypeError, KeyError, by the damage
        shape = tuple(tensor.dims)
        raise MXNetValueError(f"{caller}: {what} must hold the numbers of an array of shape {shape}"
                              f"; reading them failed: {error}") from None


def initializers(caller: str, graph: onnx.GraphProto) -> dict[str, np.ndarray]:
    """The arrays that are stored in a graph, by name."""
    if graph.sparse_initializer:
        name = graph.sparse_initializer[0].values.name
        raise MXNetValueError(f"{caller}: initializer {name!r} is sparse; only dense ones are read")
    arrays: dict[str, np.ndarray] = {}
    for tensor in graph.initializer:
        if not tensor.name.strip():
            raise MXNetValueError(f"{caller}: an initializer of shape {tuple(tensor.dims)} has no "
                                  "name")
        arrays[tensor.name] = array_of(caller, tensor, f"initializer {tensor.name!r}")
    return arrays


def stored_names(graph: onnx.GraphProto) -> set[str]:
    """The names of the arrays that are stored in a graph."""
    return {tensor.name for tensor in graph.initializer}


def _parsed(caller: str, path: str) -> onnx.ModelProto:
    with reading(path) as file:
        content = file.read()
    model = onnx.ModelProto()
    try:
        model.ParseFromString(content)
        is_model = bool(model.graph.node or model.graph.output)
    except DecodeError:
        is_model = False
    if not is_model:
        raise MXNetValueError(f"{caller}: {path!r} must be an ONNX model; it is none, or only the "
                              f"beginning of one ({len(content)} bytes)")
    return model


def _check_texts(caller: str, graph: onnx.GraphProto, source: str) -> None:
    """Raise for names that are no text: protobuf gives them as bytes."""
    names: list[Any] = [value.name for values in (graph.input, graph.output, graph.initializer)
                        for value in values]
    for node in graph.node:
        names += [node.name, node.op_type, node.domain, *node.input, *node.output]
        names += [attribute.name for attribute in node.attribute]
    names += [length.dim_param for value in (*graph.input, *graph.output)
              for length in value.type.tensor_type.shape.dim]
    for name in names:
        if isinstance(name, bytes):
            raise MXNetValueError(f"{caller}: {source} is damaged: the name {name!r} is not UTF-8")


def _load_external(caller: str, model: onnx.ModelProto, folder: str, source: str) -> None:
    """Read the tensors that lie in files next to the model."""
    for tensor in _tensors(model.graph):
        if not external_data_helper.uses_external_data(tensor):
            continue
        location = external_data_helper.ExternalDataInfo(tensor).location
        path = os.path.join(folder, location)
        if not os.path.isfile(path):
            raise MXNetValueError(
                f"{caller}: {source} keeps tensor {tensor.name!r} in the file {location!r}, which "
                "must lie next to it; there is none")
        try:
            external_data_helper.load_external_data_for_tensor(tensor, folder)
        except Exception as error:              # onnx's own, for paths that lead elsewhere
            raise MXNetValueError(f"{caller}: {source}: tensor {tensor.name!r} cannot be read from "
                                  f"{location!r}: {error}") from None
        tensor.data_location = onnx.TensorProto.DEFAULT
        del tensor.external_data[:]


def _tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    yield from graph.initializer
    yield from _attribute_tensors(graph.node)


def _attribute_tensors(nodes: Iterable[onnx.NodeProto]) -> Iterator[onnx.TensorProto]:
    for node in nodes:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors
