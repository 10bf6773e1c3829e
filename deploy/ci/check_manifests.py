"""Renders deploy/kubernetes and deploy/compose.yaml, and checks them: against schemas, which allow no unknown field, and for what
schemas do not say.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

import jsonschema
import kubernetes_validate
import network_policies
import role_settings
import yaml

DEPLOY = pathlib.Path(__file__).resolve().parent.parent
ROOT = DEPLOY.parent
SERVICES = ["auth", "account", "experience", "social", "community"]
NO_ROOT = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}

# As Kubernetes reads YAML: a time is a text.
yaml.SafeLoader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def render(overlay):
    command = ["kubectl", "kustomize", DEPLOY / "kubernetes" / overlay]
    rendered = subprocess.run(command, stdout=subprocess.PIPE)
    if rendered.returncode:
        sys.exit(f"kubectl can not render {overlay}")
    return [resource for resource in yaml.safe_load_all(rendered.stdout) if resource]


def named(resource):
    return f"{resource['kind']} {resource['metadata']['name']}"


def schema_problems(resource):
    """Strictly, by the newest schemas there are."""
    own = DEPLOY / "ci" / "crds" / f"{resource['kind'].lower()}.json"
    try:
        if own.exists():
            jsonschema.validate(resource, json.loads(own.read_text()))
        else:
            kubernetes_validate.validate(resource, kubernetes_validate.latest_version(), strict=True)
    except (jsonschema.ValidationError, kubernetes_validate.ValidationError) as error:
        yield f"{'.'.join(map(str, error.path))}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError as error:
        yield error.message


def pod_problems(pod):
    """What restricted pod security wants, and an image of a version."""
    if pod.get("automountServiceAccountToken") is not False:
        yield "has a token of its service account"
    shared = pod.get("securityContext", {})
    if not shared.get("runAsNonRoot") or not shared.get("runAsUser") or shared.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "does not run as a user that is not root, in the seccomp profile of the runtime"
    for container in pod["containers"] + pod.get("initContainers", []):
        if container.get("securityContext") != NO_ROOT:
            yield f"{container['name']} is allowed more than {NO_ROOT}"
        resources = container.get("resources", {})
        if not {"cpu", "memory"} <= resources.get("requests", {}).keys() or "memory" not in resources.get("limits", {}):
            yield f"{container['name']} has no resources"
        if not re.search(r":[^:/]*\d|:local$", container["image"]):
            yield f"{container['image']} has no version"


def constant(path, name):
    return int(re.search(rf"const {name}: Duration = Duration::from_secs\((\d+)\)", (ROOT / path).read_text())[1])


def role_problems(deployment, resources):
    """What each role's Deployment has with it."""
    pod, labels = deployment["spec"]["template"]["spec"], deployment["spec"]["template"]["metadata"]["labels"]
    container = pod["containers"][0]
    missing = {"startupProbe", "livenessProbe", "readinessProbe", "lifecycle"} - container.keys()
    if missing:
        yield f"has no {', '.join(sorted(missing))}"
        return
    if labels["app.kubernetes.io/component"] in SERVICES:
        asked, names = container["readinessProbe"]["grpc"].get("service", ""), f"connectus.{container['args'][0]}.v1."
        if not asked.startswith(names) or "service" in container["livenessProbe"]["grpc"]:
            yield f"is to be ready by its own service, and alive by none, not {asked!r}"
    drain = constant("services/platform/src/serve.rs", "DRAIN_TIMEOUT")
    drain += constant("services/connectus/src/process.rs", "WORKERS_TIMEOUT")
    if pod["terminationGracePeriodSeconds"] <= container["lifecycle"]["preStop"]["sleep"]["seconds"] + drain:
        yield f"does not have preStop and {drain} s to end in"
    if {spread["topologyKey"] for spread in pod.get("topologySpreadConstraints", [])} != {
            "topology.kubernetes.io/zone", "kubernetes.io/hostname"}:
        yield "is not spread over zones and nodes"
    with_it = [resource["kind"] for resource in resources if labels.items() >= (
        resource["spec"].get("selector") or resource["spec"].get("podSelector") or {}).get("matchLabels", {"": ""}).items()]
    with_it += [resource["kind"] for resource in resources if resource["kind"] == "HorizontalPodAutoscaler"
                and resource["spec"]["scaleTargetRef"]["name"] == deployment["metadata"]["name"]]
    for kind in ("PodDisruptionBudget", "HorizontalPodAutoscaler", "NetworkPolicy"):
        if kind not in with_it:
            yield f"has no {kind}"


def settings_problems(resources):
    """Settings that nobody takes: no role knows them, or all have them of their own, such as where they listen."""
    pods = [resource["spec"]["template"]["spec"] for resource in resources if resource["kind"] in ("Deployment", "Job")]
    roles = [pod["containers"][0] for pod in pods if pod["containers"][0]["name"] == "connectus"]
    taken = {name for container in roles for name in role_settings.taken(container, resources)}
    for settings in (r["data"] for r in resources if r["kind"] == "ConfigMap" and r["metadata"]["name"].startswith("settings")):
        yield from (f"settings: no role takes {name}" for name in sorted(settings.keys() - taken))
        if "CONNECTUS_DRAIN_WAIT" in settings:
            yield "settings: CONNECTUS_DRAIN_WAIT is not for a cluster, where preStop waits in its place"


def connection_problems(resources):
    """Whether the database takes all connections that all services may open: the most replicas of each, and one more in a roll-out."""
    replicas = sum(r["spec"]["maxReplicas"] + 1 for r in resources if r["kind"] == "HorizontalPodAutoscaler"
                   and r["spec"]["scaleTargetRef"]["name"].removeprefix("connectus-") in SERVICES)
    each = [int(r["data"]["CONNECTUS_DATABASE_CONNECTIONS"]) + 1 for r in resources
            if r["kind"] == "ConfigMap" and "CONNECTUS_DATABASE_CONNECTIONS" in r["data"]]
    limits = {named(r): r["spec"]["postgresql"]["parameters"]["max_connections"] for r in resources if r["kind"] == "Cluster"}
    for r in (r for r in resources if r["kind"] == "StatefulSet"):
        said = re.search(r"max_connections=(\d+)", " ".join(r["spec"]["template"]["spec"]["containers"][0].get("args", [])))
        limits[named(r)] = said[1] if said else 100
    for name, limit in limits.items():
        if each and replicas * each[0] > int(limit):
            yield f"{name}: max_connections is less than {replicas * each[0]}, which the services may open"


def overlay_problems(overlay, resources):
    """What concerns several resources."""
    kinds = {resource["kind"] for resource in resources}
    # base has no way in and no mail server yet, and restore is but a database.
    if overlay != "base" and "Deployment" in kinds:
        table = (DEPLOY / "README.md").read_text()
        yield from network_policies.problems(table, "production" if "Cluster" in kinds else "local", resources)
    yield from settings_problems(resources)
    streams = {f"/connectus.{path.parts[-3]}.v1.{service}/{rpc}" for path in (ROOT / "proto").rglob("*.proto")
               for service, body in re.findall(r"^service (\w+) \{(.*?)^\}", path.read_text(), re.MULTILINE | re.DOTALL)
               for rpc in re.findall(r"rpc (\w+)\([^)]*\) returns \(stream ", body)}
    for route in (resource for resource in resources if named(resource) == "HTTPRoute connectus"):
        endless = {match["path"]["value"] for match in route["spec"]["rules"][0]["matches"]}
        if endless != streams | {"/v1/notifications/stream"}:
            yield f"HTTPRoute connectus: streams are {sorted(streams)}"
    yield from connection_problems(resources)


def kubernetes_problems(overlay):
    resources = render(overlay)
    for resource in resources:
        found = list(schema_problems(resource))
        if resource["kind"] == "Secret":
            found.append("is a Secret, which is not to be in the repository")
        pod = resource.get("spec", {}).get("template", {}).get("spec")
        found += pod_problems(pod) if pod else []
        if pod and pod["containers"][0]["name"] == "connectus":
            values, of_secrets, of_settings, lost = role_settings.environment(pod["containers"][0], resources)
            found += role_settings.problems(pod["containers"][0]["args"][0], values, of_secrets, of_settings)
            found += lost if overlay != "base" else []
            if resource["kind"] == "Deployment":
                found += role_problems(resource, [r for r in resources if "spec" in r])
        yield from (f"{named(resource)}: {problem}" for problem in found)
    yield from overlay_problems(overlay, resources)
    print(f"{overlay}: {len(resources)} resources")


def references(part):
    """The names of Secrets that a part of a resource refers to."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part):
        if key in ("secret", "secretKeyRef"):
            yield value["name"]
        elif isinstance(value, (dict, list)):
            yield from references(value)


def secret_problems():
    """Whether secrets.sh makes what the pods refer to."""
    printed = subprocess.run([DEPLOY / "kubernetes/secrets.sh"], check=True, stdout=subprocess.PIPE,
                             env=os.environ | {"SMTP_URL": "smtp://mail:1025"}).stdout
    made = {resource["metadata"]["name"]: resource for resource in yaml.safe_load_all(printed)}
    yield from (f"{name}: {problem}" for name, resource in made.items() for problem in schema_problems(resource))
    referred = set(references(render("local")))
    yield from (f"{name} is not what the pods of `local` refer to" for name in sorted(made.keys() ^ referred))


def compose_problems():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    try:
        jsonschema.validate(compose, json.loads((DEPLOY / "ci" / "compose-spec.json").read_text()))
    except jsonschema.ValidationError as error:
        yield f"{'.'.join(map(str, error.path))}: {error.message}"
    roles = {name: service for name, service in compose["services"].items() if "build" in service}
    if roles.keys() != {*SERVICES, "gateway", "migrate"}:
        yield f"the roles are {sorted(roles)}"
    for name, service in roles.items():
        values = service["environment"]
        # What comes from outside; the mail catcher wants no password.
        of_secrets = {key for key, value in values.items() if "${" in value} | {"SMTP_URL"}
        yield from role_settings.problems(name, values, of_secrets)


def main():
    version = re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
    found = [f"base: newTag is not {version}, the version of Cargo.toml"
             for text in [(DEPLOY / "kubernetes/base/kustomization.yaml").read_text()] if f"newTag: {version}\n" not in text]
    # Copies of them beside them, too.
    for overlay in sorted(path.parent.name for path in (DEPLOY / "kubernetes").glob("*/kustomization.yaml")) + ["../observability"]:
        found += [f"{overlay}: {problem}" for problem in kubernetes_problems(overlay)]
    found += [f"secrets.sh: {problem}" for problem in secret_problems()]
    found += [f"compose.yaml: {problem}" for problem in compose_problems()]
    print("\n".join(found) or "no problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
