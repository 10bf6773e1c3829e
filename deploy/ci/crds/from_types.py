"""Makes the JSON schemas beside it of custom resources, from Rust types that kopium made of their definitions.

The definitions themselves are published on GitHub only; crates.io has them as types, which know every field, its type, whether
it is required, and the values of an enumeration, but no patterns and no rules across fields. This renews them:

    cargo info k8s-crds-cloud-native-pg@1.30.0    # and the other crates of CRATES: has cargo fetch them
    python3 deploy/ci/crds/from_types.py ~/.cargo/registry/cache/*/
"""

import json
import pathlib
import re
import sys
import tarfile

CNPG = "k8s-crds-cloud-native-pg-1.30.0"
GATEWAY = "kcr_gateway_networking_k8s_io-3.20260617.224905"
BARMAN = "kcr_barmancloud_cnpg_io-3.20260612.91212"
CRATES = {
    CNPG: ["src/clusters.rs", "src/scheduledbackups.rs"],
    GATEWAY: ["src/v1/gateways.rs", "src/v1/httproutes.rs", "src/v1/grpcroutes.rs"],
    BARMAN: ["src/v1/objectstores.rs"],
}

ITEM = re.compile(r"^pub (struct|enum) (\w+)\s\{(?:\}|\n(.*?)^\})", re.MULTILINE | re.DOTALL)
MEMBER = re.compile(r"((?:#\[[^\n]*\]\n)*)(?:pub )?(?:r#)?(\w+)(?:: ([^\n]*))?,?\n")
SCALARS = {
    "String": {"type": "string"},
    "bool": {"type": "boolean"},
    "i32": {"type": "integer"},
    "i64": {"type": "integer"},
    "f64": {"type": "number"},
    "IntOrString": {"type": ["integer", "string"]},
    "serde_json::Value": {},
}


def type_schema(text):
    """The schema of a Rust type."""
    for wrapper in ("Option", "Vec", "BTreeMap"):
        if not text.startswith(f"{wrapper}<"):
            continue
        inner = text[len(wrapper) + 1:-1]
        if wrapper == "Option":
            return type_schema(inner)
        if wrapper == "Vec":
            return {"type": "array", "items": type_schema(inner)}
        return {"type": "object", "additionalProperties": type_schema(inner.removeprefix("String, "))}
    return SCALARS.get(text) or {"$ref": f"#/$defs/{text}"}


def members(body):
    """What a struct or an enum has: the name in YAML, and the type, if there is one."""
    body = re.sub(r"^\s*///[^\n]*\n", "", body, flags=re.MULTILINE)
    # Attributes and types that rustfmt has broken into several lines.
    body = re.sub(r"#\[(.*?)\]\n", lambda found: "#[" + " ".join(found[1].split()) + "]\n", body, flags=re.DOTALL)
    body = re.sub(r",?\n\s*>", ">", re.sub(r"<\n\s*", "<", body))
    body = re.sub(r":\n\s*", ": ", body)
    body = re.sub(r"^\s+", "", body, flags=re.MULTILINE)
    for attributes, name, kind in MEMBER.findall(body):
        renamed = re.search(r'rename = "([^"]*)"', attributes)
        yield renamed[1] if renamed else name, kind.rstrip(",")


def definition(kind, body):
    """The schema of a struct or an enum."""
    if kind == "enum":
        return {"enum": [name for name, _ in members(body)]}
    fields = dict(members(body))
    if len(fields) != len(re.findall(r"^\s*pub ", body, re.MULTILINE)):
        raise ValueError(f"a field is not understood in {body}")
    # Of what the definition leaves open, the type has no field.
    if not fields:
        return {"type": "object"}
    required = [name for name, text in fields.items() if not text.startswith("Option<")]
    return {
        "type": "object",
        "properties": {name: type_schema(text) for name, text in fields.items()},
        "additionalProperties": False,
    } | ({"required": required} if required else {})


def reachable(definitions, start):
    """The definitions that one leads to."""
    found, waiting = {}, [start]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = definitions[name]
        waiting += re.findall(r'"#/\$defs/(\w+)"', json.dumps(found[name]))
    return dict(sorted(found.items()))


def schema(source, origin):
    """The kind of a resource and its schema; the status is the operator's to write."""
    group, version, kind = (re.search(rf'{key} = "([^"]*)"', source)[1] for key in ("group", "version", "kind"))
    definitions = {name: definition(what, body) for what, name, body in ITEM.findall(source)}
    spec = re.search(r"kube\(namespaced\)\].*?^pub struct (\w+)", source, re.MULTILINE | re.DOTALL)[1]
    return kind, {
        "$comment": f"{group}/{version} {kind}, made by from_types.py of {origin}",
        "type": "object",
        "properties": {
            "apiVersion": {"const": f"{group}/{version}"},
            "kind": {"const": kind},
            "metadata": {"type": "object"},
            "spec": {"$ref": f"#/$defs/{spec}"},
        },
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "additionalProperties": False,
        "$defs": reachable(definitions, spec),
    }


def main():
    cache, here = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).parent
    for crate, paths in CRATES.items():
        with tarfile.open(cache / f"{crate}.crate") as archive:
            for path in paths:
                kind, made = schema(archive.extractfile(f"{crate}/{path}").read().decode(), crate)
                (here / f"{kind.lower()}.json").write_text(json.dumps(made, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
