#!/usr/bin/env bash
# Check mxlite on a GPU, in less than 8 minutes, on a machine without network: build it, compile its
# kernels, run the tests of GPUs with the real driver, measure, run tests under compute-sanitizer, and
# print one table.
#
#   tools/check_gpu.sh [WHEELS]
#
# Needs python3 >= 3.11 (or PYTHON) with NumPy, Pillow, tqdm, Cython, setuptools, pytest and pytest-timeout,
# a C compiler, NVRTC and cuBLAS. What Python lacks is taken from the folder WHEELS. PyTorch, where it is
# there, is measured too. CHECK_SMALL=1: few files and small sizes, for the emulated GPU, as in
#   CHECK_SMALL=1 python tests/cuda_emulator/emulator.py run tools/check_gpu.sh
# The exit status is 1 if something failed, a time limit too; logs are in build/check, or in $OUT.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH=$PATH:/usr/local/cuda/bin PYTHON=${PYTHON:-python3} LOGS=${OUT:-build/check}
mkdir -p build "$LOGS"
rm -f "$LOGS"/*.log
small=${CHECK_SMALL:-}
processes=$(nproc)
failed=0
table=$LOGS/table.log

# The seconds since the start at which a part is stopped. What an earlier one leaves, later ones have.
declare -A END=([wheels]=40 [build]=200 [kernels]=250 [tests]=350 [measurements]=420 [sanitizer]=468)

left() { local seconds=$((END[$1] - SECONDS)); echo $((seconds > 5 ? seconds : 5)); }
note() { printf '%-16s%s\n' "$1" "$2" >>"$table"; }
fail() { failed=1; note "$@"; }
limited() {     # limited PART COMMAND...: its log is PART.log
  local part=$1 status=0 from=$SECONDS seconds
  seconds=$(left "$part")
  shift
  timeout -k 5 "$seconds" "$@" >>"$LOGS/$part.log" 2>&1 || status=$?
  case $status in
    0) note "$part" "$((SECONDS - from)) s" ;;
    124 | 137) fail "$part" "STOPPED after $seconds s" ;;
    *) fail "$part" "FAILED: $LOGS/$part.log"
       tail -30 "$LOGS/$part.log" ;;
  esac
  return $status
}
finish() {
  trap - EXIT
  printf '\n%-16s%s\n' part "what came of it ($SECONDS s)"
  cat "$table"
  [ -s "$LOGS/measurements.log" ] && sed -n '/^what  /,$p' "$LOGS/measurements.log"
  echo "$([ $failed = 0 ] && echo "all well" || echo "something FAILED")"
  exit $failed
}
trap finish EXIT
trap 'fail interrupted "at $SECONDS s"; exit 1' INT TERM

# A test file in a process of its own; status 5: none of its tests is for this machine.
# tested TOOL FILE, TOOL: none, memcheck or racecheck, of compute-sanitizer
tested() {
  local log=$LOGS/$1-$2.log command=("$PYTHON" -m pytest -p no:cacheprovider "tests/cuda/$2.py")
  [ "$1" = none ] ||
    command=(compute-sanitizer --tool "$1" --error-exitcode 9 --print-limit 20 "${command[@]}")
  MXLITE_TEST_CUDA=${MXLITE_TEST_CUDA:-real} "${command[@]}" >"$log" 2>&1
  echo "status $?" >>"$log"
}
export -f tested
# outcome PART TOOL...: what the files of these tools came to
outcome() {
  local part=$1 log ended=0 unfinished="" wrong="" names
  shift
  names=$(for tool; do ls "$LOGS/$tool"-*.log 2>/dev/null; done)
  for log in $names; do
    case $(tail -1 "$log") in
      "status 0" | "status 5") ended=$((ended + 1)) ;;
      "status "*) wrong+=" $(basename "$log" .log)"
                  grep -E '^(FAILED|ERROR|E  |=+ )|ERROR SUMMARY|RACECHECK SUMMARY' "$log" | tail -20 ;;
      *) unfinished+=" $(basename "$log" .log)" ;;
    esac
  done
  # shellcheck disable=SC2086
  note "" "$part: $ended files well; $(cat /dev/null $names | grep -E '^[0-9]+ .* in [0-9.]+s' |
    awk '{ for (i = 2; i <= NF; i++) if ($i ~ /^(passed|failed|error|deselected)/) { sub(",", "", $i); n[$i] += $(i - 1) } }
         END { for (what in n) printf "%d %s  ", n[what], what }')"
  [ -z "$wrong" ] || fail "" "FAILED:$wrong"
  [ -z "$unfinished" ] || note "" "not ended in time:$unfinished"
}

{ nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null || echo "no nvidia-smi"
  "$PYTHON" --version; echo "$processes CPUs"; } 2>&1 | while read -r line; do note machine "$line"; done
cat "$table"
if [ $# -ge 1 ]; then
  limited wheels "$PYTHON" -m pip install -q --no-index --no-deps --no-compile --upgrade \
    --target build/check_site "$1"/*.whl && export PYTHONPATH=$PWD/build/check_site
fi
export PYTHONPATH=$PWD:$PWD/tests${PYTHONPATH:+:$PYTHONPATH} MXLITE_CUDA_CACHE=$PWD/build/check_cubins

MXLITE_ISAS=avx2 limited build "$PYTHON" setup.py -q build_ext --inplace --parallel "$processes" || exit 1

# What is not compiled in time, tests compile.
limited kernels "$PYTHON" tools/compile_gpu_kernels.py ${small:+bytes cast}
note "" "$(grep -m 1 ' files and dtypes ' "$LOGS/kernels.log")"

# A process a file, as many as there are CPUs, the longest first.
export MXLITE_NUM_THREADS=1
files="test_samples $(ls -S tests/cuda/test_*.py | xargs -n 1 basename -s .py | grep -v samples)"
[ -z "$small" ] || files="test_compiler test_softmax"
# shellcheck disable=SC2086
limited tests xargs -P "$processes" -n 1 bash -c 'tested none "$0"' < <(printf '%s\n' $files)
outcome tests none
unset MXLITE_NUM_THREADS

limited measurements "$PYTHON" tools/measure_gpu.py --seconds "$(($(left measurements) - 3))"

if command -v compute-sanitizer >/dev/null; then
  # Kernels with shared memory for races, then all for wrong addresses, as many as there is time for.
  racing="softmax norms sorting linalg products ctc boxes outputs maps convolution"
  checked="indexing regions maps pooling embeddings images updates random convolution norms numpy
    storage sparse sorting softmax linalg products rnn ctc boxes outputs networks samples"
  [ -z "$small" ] || { racing=softmax checked=softmax; }
  export MXLITE_NUM_THREADS=1 MXNET_GPU_MEM_POOL_TYPE=Unpooled     # each array is memory of its own
  # shellcheck disable=SC2086
  timeout -k 5 "$(left sanitizer)" xargs -P "$processes" -L 1 bash -c 'tested "$0" "$1"' \
    < <(printf 'racecheck test_%s\n' $racing; printf 'memcheck test_%s\n' $checked)
  outcome sanitizer racecheck memcheck
else
  note sanitizer "compute-sanitizer is not installed"
fi
