#!/bin/sh
# Write the two lock files anew: versions and hashes, no download addresses.
set -eu
cd "$(dirname "$0")/.."
compile="pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate"
$compile --extra build -o requirements.lock pyproject.toml
$compile --extra build --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
