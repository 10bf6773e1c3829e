#!/usr/bin/env bash
# Runs each role as a process of its own on this machine, until Ctrl-C. What may be set:
#   CONNECTUS_BIN      the binary; built if not set
#   DATABASE_URL       the PostgreSQL; without it a private one in CONNECTUS_DATA_DIR (.connectus)
#   SMTP_URL           the mail server (smtp://127.0.0.1:1025); mails wait until it answers
#   CONNECTUS_LISTEN   the gateway (127.0.0.1:8080)
#   FIRST_PORT         auth's gRPC port (50051); the other services have the next ones
set -euo pipefail

if [[ -z ${CONNECTUS_BIN:-} ]]; then
    root=$(cd "$(dirname "$0")/.." && pwd)
    cargo build --release --locked --manifest-path "$root/Cargo.toml"
    CONNECTUS_BIN=${CARGO_TARGET_DIR:-$root/target}/release/connectus
fi
export CONNECTUS_LISTEN=${CONNECTUS_LISTEN:-127.0.0.1:8080}
export CONNECTUS_PUBLIC_URL=${CONNECTUS_PUBLIC_URL:-http://$CONNECTUS_LISTEN}
export SMTP_URL=${SMTP_URL:-smtp://127.0.0.1:1025}
export CONNECTUS_SERVICE_SECRET=${CONNECTUS_SERVICE_SECRET:-$(head -c 32 /dev/urandom | base64)}

port=${FIRST_PORT:-50051}
services=(auth account experience social community)
for service in "${services[@]}"; do
    declare -x "CONNECTUS_${service^^}_URL=http://127.0.0.1:$port"
    port=$((port + 1))
done

# The gateway ends first, so that the calls under way find their services, and the database last.
processes=()
database=
stop() {
    trap - EXIT
    for process in "${processes[@]}" $database; do
        kill "$process" 2>/dev/null || true
        wait "$process" || true
    done
}
trap stop EXIT
trap 'exit 0' INT TERM

if [[ -z ${DATABASE_URL:-} ]]; then
    exec 3< <(exec "$CONNECTUS_BIN" postgres)
    database=$!
    read -r DATABASE_URL <&3 || exit 1
    export DATABASE_URL
fi
"$CONNECTUS_BIN" migrate
for service in "${services[@]}"; do
    url=CONNECTUS_${service^^}_URL
    CONNECTUS_GRPC_LISTEN=${!url#http://} "$CONNECTUS_BIN" "$service" &
    processes+=($!)
done
"$CONNECTUS_BIN" gateway &
processes=($! "${processes[@]}")

echo "Mails go to $SMTP_URL, and wait where nothing listens there."

# One that ends by itself takes the others with it.
wait -n "${processes[@]}"
