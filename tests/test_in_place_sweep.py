"""A few programs of tests/sweeps/in_place_gradients.py, which .ci/run goes through."""

import subprocess
import sys
from pathlib import Path

SWEEP = Path(__file__).parent / "sweeps" / "in_place_gradients.py"


def outcome_of(script, programs):
    return subprocess.run([sys.executable, script, "--programs", str(programs)],
                          capture_output=True, text=True, timeout=200)


def test_no_gradient_is_wrong():
    run = outcome_of(SWEEP, 150)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.endswith(" 0 wrong\n")


def test_the_sweep_sees_a_wrong_gradient(tmp_path):
    """Writes through NumPy are not seen by the arrays."""
    planted = tmp_path / "planted.py"
    planted.write_text(SWEEP.read_text().replace(
        "    x += y\n", "    np.asarray(x)[...] += y.asnumpy()\n"))
    run = outcome_of(planted, 150)
    assert run.returncode == 1 and "a wrong gradient" in run.stdout
