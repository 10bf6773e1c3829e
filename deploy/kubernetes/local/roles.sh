#!/bin/sh
# Runs once, when the database is new: makes the roles that CloudNativePG makes in production, each with its own password.
set -eu
export PGUSER=postgres

login() {
    psql --quiet --set ON_ERROR_STOP=1 --set role="$1" --set password="$(cat "/passwords/$2/password")" <<'END'
CREATE ROLE :"role" LOGIN PASSWORD :'password';
END
}

login connectus migrate
createdb --owner connectus connectus
for service in auth account experience social community; do
    login "connectus_$service" "$service"
    psql --quiet --set ON_ERROR_STOP=1 --command "GRANT connectus_$service TO connectus"
done
