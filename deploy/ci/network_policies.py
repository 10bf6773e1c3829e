"""Which calls the NetworkPolicies let through, to compare with the table of calls in deploy/README.md.

Pods are named by their component; what is outside, by the label of its namespace, or `anywhere`.
"""


def matches(selector, labels):
    """Whether a label selector matches."""
    known = {"In": lambda e: labels.get(e["key"]) in e["values"], "Exists": lambda e: e["key"] in labels}
    wanted = selector.get("matchLabels", {}).items()
    return wanted <= labels.items() and all(known[e["operator"]](e) for e in selector.get("matchExpressions", []))


def pods(resources):
    """The name and the labels of each kind of pod."""
    found = {}
    for resource in resources:
        if resource["kind"] == "Cluster":
            found["database"] = {"cnpg.io/cluster": resource["metadata"]["name"]}
        labels = resource.get("spec", {}).get("template", {}).get("metadata", {}).get("labels", {})
        name = labels.get("app.kubernetes.io/component") or labels.get("app.kubernetes.io/name")
        if labels:
            found[name or "database"] = labels
    return found


def ends(peers, known):
    """The names of a rule's other ends."""
    for peer in peers or [None]:
        if peer is None:
            yield "anywhere"
        elif "namespaceSelector" in peer:
            yield " ".join(f"{key}={value}" for key, value in peer["namespaceSelector"]["matchLabels"].items())
        else:
            yield from (name for name, labels in known.items() if matches(peer["podSelector"], labels))


def calls(resources):
    """What is let through, as (from, to, port); and what only one of both ends lets through."""
    known, out, into = pods(resources), set(), set()
    policies = [resource["spec"] for resource in resources if resource["kind"] == "NetworkPolicy"]
    for policy in policies:
        for name in (name for name, labels in known.items() if matches(policy["podSelector"], labels)):
            for rule in policy.get("egress", []):
                out |= {(name, end, str(p["port"])) for end in ends(rule.get("to"), known) for p in rule["ports"]}
            for rule in policy.get("ingress", []):
                into |= {(end, name, str(p["port"])) for end in ends(rule.get("from"), known) for p in rule["ports"]}
    inner = {call for call in out | into if call[0] in known and call[1] in known}
    return (out & into) | ((out | into) - inner), inner - (out & into)


def free(resources):
    """The pods that no policy shuts in: nothing stops their calls."""
    for way in ("Ingress", "Egress"):
        selectors = [r["spec"]["podSelector"] for r in resources
                     if r["kind"] == "NetworkPolicy" and way in r["spec"]["policyTypes"]]
        for name, labels in pods(resources).items():
            if not any(matches(selector, labels) for selector in selectors):
                yield f"{name} has no NetworkPolicy for {way}"


def table(text, overlay, resources):
    """The calls of the table for an overlay."""
    found = set()
    rows = text.split("<!-- calls -->")[1].strip().split("\n\n")[0].splitlines()[2:]
    for row in rows:
        where, sources, targets, ports, _ = (cell.strip().replace("`", "") for cell in row.strip("|").split("|"))
        if where not in ("all", overlay):
            continue
        sources, targets, ports = (cell.split(", ") for cell in (sources, targets, ports))
        sources = pods(resources) if sources == ["everybody"] else sources
        targets = pods(resources) if targets == ["everybody"] else targets
        found |= {(source, target, port) for source in sources for target in targets for port in ports}
    return found


def problems(text, overlay, resources):
    """Where the policies and the table differ."""
    let_through, half = calls(resources)
    written = table(text, overlay, resources)
    for title, some in (
        ("only one end lets through", half),
        ("the table does not have, and policies let through", let_through - written),
        ("the table has, and policies do not let through", written - let_through),
    ):
        yield from (f"{title}: {source} -> {target}:{port}" for source, target, port in sorted(some))
    yield from free(resources)
