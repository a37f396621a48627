#!/usr/bin/env bash
# Fills deploy/wheelhouse with the wheels of the base and the optional requirements, for each Python and machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
read -ra pip <<<"${PIP:-python3 -m pip}"
for python in ${PYTHONS:-3.11}; do
  for machine in ${MACHINES:-x86_64 aarch64}; do
    "${pip[@]}" download --quiet --disable-pip-version-check --dest deploy/wheelhouse --requirement requirements-optional.txt \
      --only-binary=:all: --implementation cp --python-version "$python" \
      --platform "manylinux_2_17_$machine" --platform "manylinux2014_$machine" --platform "manylinux_2_28_$machine"
    echo "Python $python（$machine）：已有$(find deploy/wheelhouse -name '*.whl' | wc -l)个软件包"
  done
done
