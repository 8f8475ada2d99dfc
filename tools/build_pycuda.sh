#!/usr/bin/env bash
# Build a wheel of PyCUDA, which the package index has no wheel of, where there is no GPU, no driver and
# maybe no CUDA toolkit: a minute, with a C++ compiler and the Python's headers.
#
#   tools/build_pycuda.sh OUTDIR [PYTHON [VERSION]]      then: pip install OUTDIR/pycuda-*.whl
#
# mxlite works without PyCUDA, by the driver's library alone; with it, contexts and memory are PyCUDA's.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,8s/^# \?//p' "$0" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
python=${2:-python3}
version=${3:-2026.1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Headers: those of CUDA_HOME, else of the toolkit whose nvcc is on the PATH (which may be a wrapper, so
# nvcc itself says where it is), else of three small wheels, in one call, so that pip joins their folders.
root=${CUDA_HOME:-}
if [ -z "$root" ] && command -v nvcc >/dev/null; then
  root=$(nvcc --dryrun -x cu /dev/null 2>&1 | sed -n 's/^#\$ TOP=//p')
fi
if [ ! -e "$root/include/cuda.h" ]; then
  "$python" -m pip install -q --disable-pip-version-check --no-deps --target "$work/headers" \
    'nvidia-cuda-runtime==13.0.*' 'nvidia-cuda-crt==13.0.*' 'nvidia-cuda-profiler-api==13.0.*'
  root=$(echo "$work"/headers/nvidia/cu*)
fi

# To link with, an empty library of the driver's name: its functions are looked up when it is loaded.
mkdir "$work/stubs" "$work/home"
echo 'int for_the_linker;' |
  "${CC:-cc}" -xc -shared -fPIC -Wl,-soname,libcuda.so.1 -o "$work/stubs/libcuda.so" -

# PyCUDA reads its settings from the home folder. curand is a large library that mxlite does not use.
cat >"$work/home/.aksetup-defaults.py" <<SETTINGS
CUDA_ROOT = "$root"
CUDA_INC_DIR = ["$root/include"]
CUDA_ENABLE_CURAND = False
CUDADRV_LIB_DIR = ["$work/stubs"]
SETTINGS
HOME="$work/home" CFLAGS="-w ${CFLAGS:-}" LDFLAGS="-Wl,--no-as-needed ${LDFLAGS:-}" \
  "$python" -m pip wheel -q --disable-pip-version-check --no-deps --no-cache-dir -w "$out" "pycuda==$version"
ls "$out"/pycuda-"$version"-*.whl
