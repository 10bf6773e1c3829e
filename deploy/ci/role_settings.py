"""Whether a container's settings are those of its role: the binary, CONNECTUS_BIN, says which there are."""

import functools
import os
import pathlib
import re
import subprocess

BINARY = os.environ["CONNECTUS_BIN"]
README = pathlib.Path(__file__).resolve().parent.parent.parent / "README.md"


@functools.cache
def help_of(role):
    """The settings that a role knows, those of them that are secret, and those that it needs: by its usage, and the README."""
    # Without settings of its own environment, of which the help would show the values.
    text = subprocess.run([BINARY, role, "--help"], check=True, capture_output=True, text=True, env={}).stdout
    text = " ".join(text.split())
    options = dict(re.findall(r"--([a-z-]+) <[A-Z]+>(?:(?!--[a-z-]+ <).)*?\[env: ([A-Z_]+=?)\]", text.split("Options:")[1]))
    needed = {options[option].rstrip("=") for option in re.findall(r" --([a-z-]+) <", text.split("Options:")[0])}
    row = re.search(rf"^\| `{role}` \| (.*) \|$", README.read_text(), re.MULTILINE)[1]
    secret = {name for name in options.values() if not name.endswith("=")}
    return {name.rstrip("=") for name in options.values()}, secret, needed | set(re.findall(r"`(\w+)`", row))


def problems(role, values, of_secrets, of_settings=frozenset()):
    """`values` has literal values or None, in their order; `of_secrets` what comes from a Secret, and `of_settings` what all
    roles are told, of whom each takes what it knows.
    """
    known, secret, needed = help_of(role)
    used, before = set(), set()
    for name, value in values.items():
        parts = set(re.findall(r"\$\((\w+)\)", value or ""))
        used |= parts
        yield from (f"{name} has {part}, which does not stand before it" for part in parts - before)
        if name in secret and name not in of_secrets and not parts & of_secrets:
            yield f"{name} is secret, and comes from no Secret"
        before.add(name)
    yield from (f"{role} has no setting {name}" for name in sorted(values.keys() - known - used - of_settings))
    yield from (f"{role} needs {name}" for name in sorted(needed - values.keys()))


def environment(container, resources):
    """A container's settings; those of them that come from a Secret, and those that it has with all roles; and problems of what
    they refer to.
    """
    maps = {resource["metadata"]["name"]: resource["data"] for resource in resources if resource["kind"] == "ConfigMap"}
    values, of_secrets, lost = {}, set(), []
    for origin in container.get("envFrom", []):
        values |= maps[origin["configMapRef"]["name"]]
    of_settings = set(values)
    for entry in container.get("env", []):
        origin = entry.get("valueFrom", {})
        reference = origin.get("configMapKeyRef", {})
        if reference and reference["key"] not in maps[reference["name"]] and not reference.get("optional"):
            lost.append(f"{entry['name']} is to be in the settings")
        if "secretKeyRef" in origin:
            of_secrets.add(entry["name"])
        values[entry["name"]] = entry.get("value")
        of_settings.discard(entry["name"])
    return values, of_secrets, of_settings, lost


def taken(container, resources):
    """Those of the settings of all roles that do something for this one."""
    values, _, of_settings, _ = environment(container, resources)
    used = {name for value in values.values() for name in re.findall(r"\$\((\w+)\)", value or "")}
    referred = {entry.get("valueFrom", {}).get("configMapKeyRef", {}).get("key") for entry in container.get("env", [])}
    return of_settings & (help_of(container["args"][0])[0] | used) | referred
