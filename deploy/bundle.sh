#!/usr/bin/env bash
# Packs the committed source, the wheels and a version into dist/: one file to carry to a machine without a network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/lib.sh
. deploy/lib.sh
name=wenshang-disclosure-$(version_of .)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git archive --prefix="$name/" HEAD | tar -C "$work" --exclude="$name/tests" -xf -
version_of . >"$work/$name/VERSION"
cp -r deploy/wheelhouse "$work/$name/deploy/"
mkdir -p dist
tar -C "$work" -czf "dist/$name.tar.gz" "$name"
(cd dist && sha256sum "$name.tar.gz" | tee "$name.tar.gz.sha256")
