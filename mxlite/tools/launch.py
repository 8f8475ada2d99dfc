"""launch: starts a program in several processes, by MPI or Slurm."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ..base import MXNetError
from .console import Console, at_least, parser_of, run

LAUNCHERS = ("local", "ssh", "mpi", "slurm", "sge", "yarn")


def build_parser() -> argparse.ArgumentParser:
    """MXNet's options, and Slurm."""
    parser = parser_of("launch", "Starts a command in several processes that train together.")
    parser.add_argument("-n", "--num-workers", type=at_least(1), required=True,
                        help="processes to start")
    parser.add_argument("-s", "--num-servers", type=int,
                        help="of no effect: workers sum gradients among themselves")
    parser.add_argument("-H", "--hostfile", help="file with a host a line, for ssh and mpi; "
                        "without one, all processes run here")
    parser.add_argument("--sync-dst-dir", help="copy this folder there on each host before, by "
                        "rsync (ssh launcher)")
    parser.add_argument("--launcher", choices=LAUNCHERS, default="ssh",
                        help="local, ssh, mpi: mpiexec; slurm: srun; the others are refused")
    parser.add_argument("--env-server", action="append", default=[], metavar="NAME:VALUE",
                        help="of no effect, as there are no servers")
    parser.add_argument("--env-worker", action="append", default=[], metavar="NAME:VALUE",
                        help="set a variable of the environment of all processes")
    parser.add_argument("--env", action="append", default=[], metavar="NAME",
                        help="pass a variable of the environment of this process to all")
    parser.add_argument("--dry-run", action="store_true", help="only print the command line")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the program, and its arguments")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """The tool `mxlite-launch`; its exit status is that of mpiexec or srun."""
    def body() -> int:
        options = build_parser().parse_args(arguments)
        line = command_line(options)
        if options.dry_run:
            print(shlex.join(line))
            return 0
        if options.num_servers or options.env_server:
            Console("launch", options.quiet).note("there are no servers: workers sum gradients "
                                                  "among themselves")
        if options.sync_dst_dir:
            _copy_folder(options)
        return subprocess.call(line, env=environment(options))

    return run("launch", body)


def command_line(options: argparse.Namespace) -> list[str]:
    """What starts the processes. Raises MXNetError for options that do not go together."""
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise MXNetError("the command to start is missing")
    if options.launcher in ("sge", "yarn"):
        raise MXNetError(f"--launcher {options.launcher} is not there; in a job of it, "
                         "--launcher mpi starts processes on the hosts of --hostfile")
    if options.hostfile is not None and not os.path.isfile(options.hostfile):
        raise MXNetError(f"--hostfile: no file {options.hostfile!r}")
    if options.hostfile and options.launcher in ("local", "slurm"):
        raise MXNetError(f"--launcher {options.launcher} takes no --hostfile")
    if options.sync_dst_dir and not (options.launcher == "ssh" and options.hostfile):
        raise MXNetError("--sync-dst-dir needs --launcher ssh and a --hostfile")
    number, assigned = str(options.num_workers), _assigned(options)
    if options.launcher == "slurm":
        line = ["srun", "--ntasks", number, "--mpi=pmix", "--kill-on-bad-exit=1"]
        if assigned:
            line.append("--export=" + ",".join(["ALL", *[f"{name}={value}"
                                                         for name, value in assigned.items()]]))
        return [*line, *command]
    line = [mpiexec(), "-n", number]
    if _is_open_mpi(line[0]):
        line += ["--oversubscribe", "--bind-to", "none"]
        if os.geteuid() == 0:
            line.append("--allow-run-as-root")
        if options.hostfile:
            line += ["--hostfile", options.hostfile]
        for name in [*assigned, *options.env]:
            line += ["-x", f"{name}={assigned[name]}" if name in assigned else name]
        if options.sync_dst_dir:
            line += ["--wdir", options.sync_dst_dir]
    else:                                               # MPICH, Intel MPI
        if options.hostfile:
            line += ["-f", options.hostfile]
        for name in [*assigned, *options.env]:
            line += ["-env", name, assigned.get(name, os.environ.get(name, ""))]
        if options.sync_dst_dir:
            line += ["-wdir", options.sync_dst_dir]
    return [*line, *command]


def mpiexec() -> str:
    """The path of mpiexec: that beside Python, which `pip install mxlite[dist]` brings, or that on
    the PATH. Raises MXNetError where there is none."""
    beside = Path(sys.executable).parent / "mpiexec"
    found = str(beside) if beside.exists() else shutil.which("mpiexec")
    if found is None:
        raise MXNetError("there is no mpiexec; pip install mxlite[dist], or load the MPI of this "
                         "cluster")
    return found


def environment(options: argparse.Namespace) -> dict[str, str]:
    """That of mpiexec or srun."""
    return {**os.environ, **_assigned(options)}


def _is_open_mpi(path: str) -> bool:
    shown = subprocess.run([path, "--version"], capture_output=True, text=True, check=False,
                           env={**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1",
                                "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}).stdout
    return "Open MPI" in shown or "OpenRTE" in shown


def _assigned(options: argparse.Namespace) -> dict[str, str]:
    values = {}
    for text in options.env_worker:
        name, colon, value = text.partition(":")
        if not name or not colon:
            raise MXNetError(f"--env-worker must be NAME:VALUE; got {text!r}")
        values[name] = value
    return values


def _copy_folder(options: argparse.Namespace) -> None:
    with open(options.hostfile, encoding="utf-8") as file:
        hosts = [line.split()[0].partition(":")[0] for line in file
                 if line.strip() and not line.startswith("#")]
    for host in dict.fromkeys(hosts):
        subprocess.run(["rsync", "-az", "--exclude=.git", "./", f"{host}:{options.sync_dst_dir}"],
                       check=True)


if __name__ == "__main__":
    sys.exit(main())
