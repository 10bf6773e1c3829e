#!/usr/bin/env bash
# Prints the Secrets that the manifests refer to, with passwords and the services' secret at random, for the first start:
#   deploy/kubernetes/secrets.sh | kubectl --namespace connectus create -f -
# `create` leaves those as they are that exist already, and says so.
#   SMTP_URL   the mail server; without it the mail catcher of the overlay `local`, which is said on standard error
set -euo pipefail
if [[ ! ${SMTP_URL:-} ]]; then echo "SMTP_URL is not set: mails go to the mail catcher of \`local\`, smtp://mail:1025" >&2; fi

# Hexadecimal, since it stands in a URL as it is.
random() { head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

# One role's password. The label has CloudNativePG follow when it is changed.
login() {
    cat <<END
apiVersion: v1
kind: Secret
metadata: {name: database-$1, labels: {cnpg.io/reload: "true"}}
type: kubernetes.io/basic-auth
stringData: {username: "$2", password: "$(random)"}
---
END
}

login superuser postgres # of `local` only
login migrate connectus
for service in auth account experience social community; do login "$service" "connectus_$service"; done
cat <<END
apiVersion: v1
kind: Secret
metadata: {name: service-secret}
stringData: {secret: "$(random)"}
---
apiVersion: v1
kind: Secret
metadata: {name: mail}
stringData: {url: "${SMTP_URL:-smtp://mail:1025}"}
END
