#!/usr/bin/env bash
# Check mxlite on a GPU, in less than 8 minutes, on a machine without network: build it, run the tests of
# GPUs with the real driver, measure, and print one table.
#
#   tools/check_gpu.sh [WHEELS]
#
# Needs python3 >= 3.11 (or PYTHON) with NumPy, Pillow, tqdm, Cython, setuptools, pytest and pytest-timeout,
# a C compiler, NVRTC and cuBLAS. What Python lacks is taken from the folder WHEELS. PyTorch, where it is
# there, is measured too. CHECK_SMALL=1: sizes for the emulated GPU, as in
#   CHECK_SMALL=1 python tests/cuda_emulator/emulator.py run tools/check_gpu.sh
# The exit status is 1 if something failed; the log is build/check_gpu.log, or in $OUT.
set -uo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
log=${OUT:-build}/check_gpu.log
mkdir -p build "$(dirname "$log")"
: >"$log"
failed=0

step() { printf '== %s (%ss)\n' "$1" "$SECONDS" | tee -a "$log"; }
limited() {     # limited SECONDS COMMAND...: with the end of its output where it fails
  local seconds=$1 status=0 from
  shift
  from=$(($(wc -l <"$log") + 1))
  timeout "$seconds" "$@" >>"$log" 2>&1 || status=$?
  [ $status -ne 0 ] || return 0
  tail -n +"$from" "$log" | tail -40
  [ $status -ne 124 ] || echo "stopped after $seconds s"
  failed=1
  return $status
}

step "machine"
{ nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader || echo "no nvidia-smi"
  "$python" --version; nproc; } 2>&1 | tee -a "$log"
if [ $# -ge 1 ]; then
  limited 60 "$python" -m pip install -q --no-index --no-deps --no-compile --upgrade --target build/check_site \
    "$1"/*.whl && export PYTHONPATH=$PWD/build/check_site
fi
export PYTHONPATH=$PWD:$PWD/tests${PYTHONPATH:+:$PYTHONPATH} MXLITE_CUDA_CACHE=$PWD/build/check_cubins

step "build"
MXLITE_ISAS=avx2 limited 170 "$python" setup.py -q build_ext --inplace --parallel "$(nproc)" || exit 1

step "tests with the driver of this machine"
# A process a file, as many as there are CPUs: most of the time NVRTC compiles.
export MXLITE_TEST_CUDA=real MXLITE_NUM_THREADS=1
limited 160 xargs -P "$(nproc)" -n 1 "$python" -m pytest -p no:cacheprovider < <(ls tests/cuda/test_*.py)
grep -E '^[0-9]+ .*(passed|failed|error)' "$log" |
  awk '{ for (i = 2; i <= NF; i++) if ($i ~ /^(passed|failed|error|deselected)/) { sub(",", "", $i); n[$i] += $(i - 1) } }
       END { for (what in n) printf "%d %s  ", n[what], what; print "" }'
unset MXLITE_NUM_THREADS

step "measurements"
limited 110 "$python" tools/measure_gpu.py
sed -n '/^what  /,/^$/p' "$log"

if command -v compute-sanitizer >/dev/null && [ $SECONDS -lt 420 ]; then
  step "compute-sanitizer"
  MXLITE_TEST_CUDA=real limited $((470 - SECONDS)) compute-sanitizer --tool memcheck --error-exitcode 9 \
    "$python" -m pytest -p no:cacheprovider tests/cuda/test_gpu.py -k 'long_lines or indexing'
fi
step "done, $([ $failed = 0 ] && echo all well || echo something FAILED)"
exit $failed
