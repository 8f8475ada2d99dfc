"""python -m mxlite.info: what a report of a fault should tell of the machine and of mxlite."""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from typing import Any

import mxlite

LIBRARIES = ("numpy", "pillow", "tqdm", "fsspec", "ml-dtypes", "pycuda", "distributed", "ray")
VARIABLES = ("MXLITE_", "MXNET_", "OMP_", "KMP_", "MKL_", "OPENBLAS_", "CUDA_")
FEATURES = ("sse4_2", "avx", "avx2", "fma", "f16c", "avx512f", "avx512bw", "avx512_vnni",
            "avx512_bf16", "amx_tile", "neon", "asimd", "sve")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(prog="mxlite.info", description="Tells versions, platform, "
                                     "libraries and settings; for reports of faults.")
    parser.add_argument("--json", action="store_true", help="a JSON object")
    report = collect()
    if parser.parse_args(arguments).json:
        print(json.dumps(report, indent=2))
    else:
        print("\n".join(f"{name + ':':<14}{line}" for name, part in report.items()
                        for line in lines(part)))
    return 0


def collect() -> dict[str, Any]:
    """Everything; a part that cannot be found out is {"error": why}, and the others go on."""
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "mxlite": of_mxlite, "python": of_python, "system": of_system, "cpu": of_cpu,
        "libraries": of_libraries, "jpeg": of_jpeg, "gpus": of_gpus,
        "environment": of_environment}
    return {name: guarded(part) for name, part in parts.items()}


def guarded(part: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `part` finds; a broken installation is just what this is for."""
    try:
        return part()
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def lines(part: dict[str, Any]) -> list[str]:
    """name = value, one a line."""
    def shown(value: Any) -> str:
        return " ".join(map(str, value)) if isinstance(value, list) else str(value)

    return [f"{name} = {shown(value)}" for name, value in part.items()] or ["none"]


def of_mxlite() -> dict[str, Any]:
    """Version, place, and what the core chose at import."""
    facts: dict[str, Any] = {"version": mxlite.__version__, "folder": os.path.dirname(__file__)}
    core = importlib.import_module("mxlite.device.core")
    host = importlib.import_module("mxlite.device.host")
    return facts | {"instruction sets": list(core.instruction_sets()),
                    "instruction set": core.load_cpu_kernels(), "threads": host.num_threads()}


def of_python() -> dict[str, Any]:
    """The interpreter."""
    return {"version": platform.python_version(), "compiler": platform.python_compiler(),
            "build": " ".join(platform.python_build()), "executable": sys.executable}


def of_system() -> dict[str, Any]:
    """The operating system. No name of the machine: reports are public."""
    return {"platform": platform.platform(), "machine": platform.machine(),
            "libc": " ".join(platform.libc_ver()).strip()}


def of_cpu() -> dict[str, Any]:
    """Name, cores and features, as far as the system tells."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    facts: dict[str, Any] = {"cores": os.cpu_count(), "usable cores": usable or os.cpu_count()}
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            fields = dict(line.split(":", 1) for line in file.read().split("\n\n")[0].split("\n")
                          if ":" in line)
    except OSError:
        return facts | {"name": platform.processor()}
    values = {name.strip(): value.strip() for name, value in fields.items()}
    flags = set(values.get("flags", values.get("Features", "")).split())
    return {"name": values.get("model name", platform.processor()), **facts,
            "features": [feature for feature in FEATURES if feature in flags]}


def of_libraries() -> dict[str, Any]:
    """Versions of what mxlite uses, or can use."""
    return {name: version_of(name) for name in LIBRARIES}


def version_of(name: str) -> str:
    """The version of a package, or "not installed"."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def of_jpeg() -> dict[str, Any]:
    """The libjpeg(-turbo) that decodes, and what Pillow brings along."""
    features = importlib.import_module("PIL.features")
    library = importlib.import_module("mxlite._dataio.jpeg").library()
    return {"decoder": "Pillow" if library is None else library[0],
            "ABI version": None if library is None else library[1],
            "libjpeg-turbo in Pillow": features.version("libjpeg_turbo"),
            "WebP in Pillow": features.version("webp")}


def of_gpus() -> dict[str, Any]:
    """The GPUs that CUDA sees, if pycuda is installed."""
    try:
        driver = importlib.import_module("pycuda.driver")
    except ImportError:
        return {"pycuda": "not installed"}
    driver.init()
    devices = [driver.Device(number) for number in range(driver.Device.count())]
    return {"driver": driver.get_driver_version()} | {
        f"gpu({number})": f"{device.name()}, {device.total_memory() >> 20} MiB, compute capability "
                          f"{'.'.join(map(str, device.compute_capability()))}"
        for number, device in enumerate(devices)}


def of_environment() -> dict[str, Any]:
    """Variables that change how mxlite runs."""
    return {name: value for name, value in sorted(os.environ.items())
            if name.startswith(VARIABLES)}


if __name__ == "__main__":
    sys.exit(main())
