#!/usr/bin/env bash
# Fetches NIST's PKITS certificates and CRLs into DIRECTORY/{certs,crls}, once.
# They come from the source distribution of pyhanko-certvalidator on PyPI, which carries NIST's files unchanged.
set -euo pipefail

target=${1:?usage: fetch_pkits.sh DIRECTORY}
version=0.33.0
[ -d "$target/certs" ] && [ -d "$target/crls" ] && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
    --dest "$work" "pyhanko-certvalidator==$version"
tar -xzf "$work"/pyhanko_certvalidator-$version.tar.gz -C "$work"
mkdir -p "$(dirname "$target")"
rm -rf "$target"
# Renamed into place whole, so that a killed run leaves nothing half done.
mv "$work"/pyhanko_certvalidator-$version/tests/fixtures/nist_pkits "$target"
