#!/usr/bin/env bash
# Runs every check and every test of the project, or only the steps that are named. `deploy/test.sh --list` names them.
set -euo pipefail
cd "$(dirname "$0")/.."

STEPS=(format lint contracts dependencies test)

# Prerequisites -------------------------------------------------------------------------------------------------------

# How this system installs a package.
installer() {
    if command -v apt-get >/dev/null; then echo "apt-get install -y"
    elif command -v dnf >/dev/null; then echo "dnf install -y"
    elif command -v pacman >/dev/null; then echo "pacman -S --noconfirm"
    elif command -v brew >/dev/null; then echo "brew install"
    else echo "install"; fi
}

has_postgres() {
    command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ||
        compgen -G '/usr/pgsql-*/bin/initdb' >/dev/null || compgen -G '/opt/homebrew/opt/postgresql@*/bin/initdb' >/dev/null
}

# Fails with the command that installs a package; in CI it runs that command first.
require() {
    local what=$1 package=$2 check=$3
    if $check; then return; fi
    if [[ ${CI:-} == true && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null
        if $check; then return; fi
    fi
    echo "deploy/test.sh: $what is missing; install it: $(installer) $package" >&2
    exit 1
}

has_cargo() { command -v cargo >/dev/null; }
has_curl() { command -v curl >/dev/null; }
has_pip() { python3 -m pip --version >/dev/null 2>&1; }

# A tool from PyPI, at the version that deploy/ci/requirements.txt pins, below .tools/.
tools() {
    require "pip for Python 3" python3-pip has_pip
    if ! cmp -s deploy/ci/requirements.txt .tools/requirements.txt; then
        rm -rf .tools
        python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --require-hashes \
            --only-binary :all: --target .tools -r deploy/ci/requirements.txt
        cp deploy/ci/requirements.txt .tools/requirements.txt
    fi
    export PYTHONPATH="$PWD/.tools" PATH="$PWD/.tools/bin:$PATH"
}

# Steps ---------------------------------------------------------------------------------------------------------------

format() { cargo fmt --all --check; }

lint() { cargo clippy --workspace --all-targets --locked -- -D warnings; }

contracts() {
    tools
    (cd proto && buf lint && buf format --diff --exit-code && buf breaking --against published.binpb)
}

dependencies() { cargo metadata --format-version 1 --locked | python3 deploy/ci/check_dependencies.py; }

test() { cargo test --workspace --locked; }

# ---------------------------------------------------------------------------------------------------------------------

if [[ ${1:-} == --list ]]; then printf '%s\n' "${STEPS[@]}"; exit; fi
require "Rust" "rustup (https://rustup.rs)" has_cargo
require "PostgreSQL" postgresql has_postgres
require "curl" curl has_curl
if [[ $# == 0 ]]; then set -- "${STEPS[@]}"; fi
for step in "$@"; do
    if [[ " ${STEPS[*]} " != *" $step "* ]]; then echo "deploy/test.sh: there is no step $step" >&2; exit 1; fi
    echo "== $step"
    began=$SECONDS
    if ! "$step"; then echo "deploy/test.sh: $step failed" >&2; exit 1; fi
    echo "== $step passed in $((SECONDS - began)) s"
done
