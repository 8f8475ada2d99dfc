"""launch: MXNet's options become a line for mpiexec or srun, which starts the command."""

import sys

import pytest

from mxlite.base import MXNetError
from mxlite.tools import launch


def line(*arguments):
    return launch.command_line(launch.build_parser().parse_args(arguments))


@pytest.fixture
def mpi(monkeypatch):
    """Open MPI, and a user who is not root."""
    monkeypatch.setattr(launch, "mpiexec", lambda: "mpiexec")
    monkeypatch.setattr(launch, "_is_open_mpi", lambda path: True)
    monkeypatch.setattr(launch.os, "geteuid", lambda: 1000)
    return monkeypatch


START = ["mpiexec", "-n", "4", "--oversubscribe", "--bind-to", "none"]


def test_local(mpi):
    command = ["python", "train.py", "--kv-store", "dist_sync", "-n", "7"]
    assert line("-n", "4", "--launcher", "local", *command) == [*START, *command]
    assert line("-n4", "-s", "2", "--launcher", "mpi", "--", *command) == [*START, *command]
    mpi.setattr(launch.os, "geteuid", lambda: 0)
    assert line("-n", "4", "true") == [*START, "--allow-run-as-root", "true"]


def test_hosts_and_variables(mpi, tmp_path):
    hosts = tmp_path / "hosts"
    hosts.write_text("a\nb slots=2\n")
    arguments = ["-n", "4", "-H", str(hosts), "--env-worker", "OMP_NUM_THREADS:3", "--env", "HOME",
                 "--sync-dst-dir", "/tmp/job", "true"]
    assert line(*arguments) == [*START, "--hostfile", str(hosts), "-x", "OMP_NUM_THREADS=3", "-x",
                                "HOME", "--wdir", "/tmp/job", "true"]
    mpi.setenv("HOME", "/home/me")
    mpi.setattr(launch, "_is_open_mpi", lambda path: False)
    assert line(*arguments) == ["mpiexec", "-n", "4", "-f", str(hosts), "-env", "OMP_NUM_THREADS",
                                "3", "-env", "HOME", "/home/me", "-wdir", "/tmp/job", "true"]


def test_slurm():
    assert line("-n", "8", "--launcher", "slurm", "--env-worker", "A:1", "python", "a.py") == [
        "srun", "--ntasks", "8", "--mpi=pmix", "--kill-on-bad-exit=1", "--export=ALL,A=1",
        "python", "a.py"]


@pytest.mark.parametrize(("arguments", "message"), [
    (["-n", "2"], "the command to start is missing"),
    (["-n", "2", "--launcher", "sge", "true"], "--launcher sge is not there; in a job of it"),
    (["-n", "2", "--launcher", "yarn", "true"], "--launcher yarn is not there"),
    (["-n", "2", "-H", "no/such", "true"], "--hostfile: no file 'no/such'"),
    (["-n", "2", "-H", __file__, "--launcher", "local", "true"], "local takes no --hostfile"),
    (["-n", "2", "--sync-dst-dir", "/tmp", "true"], "needs --launcher ssh and a --hostfile"),
    (["-n", "2", "--env-worker", "A=1", "true"], "--env-worker must be NAME:VALUE; got 'A=1'"),
])
def test_refused(arguments, message):
    with pytest.raises(MXNetError, match=message):
        line(*arguments)


def test_no_mpi(monkeypatch, tmp_path, capfd):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert launch.main(["-n", "2", "true"]) == 2
    assert "there is no mpiexec; pip install mxlite[dist]" in capfd.readouterr().err


def test_it_starts_processes(capfd):
    code = "import os; print('A is', os.environ['A'], os.environ['PMIX_RANK'])"
    assert launch.main(["-n", "2", "--launcher", "local", "--quiet", "--env-worker", "A:b",
                        sys.executable, "-c", code]) == 0
    assert sorted(capfd.readouterr().out.split("\n"))[-2:] == ["A is b 0", "A is b 1"]


def test_the_exit_status_is_that_of_the_command():
    assert launch.main(["-n", "2", "--launcher", "local", sys.executable, "-c",
                        "raise SystemExit(3)"]) == 3


def test_dry_run_and_servers(mpi, capfd):
    assert launch.main(["-n", "4", "--dry-run", "a b"]) == 0
    assert capfd.readouterr().out == "mpiexec -n 4 --oversubscribe --bind-to none 'a b'\n"
    mpi.setattr(launch.subprocess, "call", lambda line, env: 5)
    assert launch.main(["-n", "2", "-s", "1", "true"]) == 5
    assert "launch: there are no servers: workers sum grad" in capfd.readouterr().err
