"""Checks deploy/observability against the metrics of a running suite, which it reads from standard input: every metric and label that a query
names is there, and every alert says what to do, is tested, and is in the table of deploy/README.md.
"""

import json
import pathlib
import re
import subprocess
import sys

import yaml

DEPLOY = pathlib.Path(__file__).resolve().parent.parent
FOLDER = DEPLOY / "observability"
# What Prometheus adds to each sample, and makes itself.
OF_TARGET = {"job", "instance"}
OF_PROMETHEUS = {"up": {}, "ALERTS": {"alertname": set(), "alertstate": {"firing"}, "severity": set(), "service": set()}}
# What CloudNativePG tells, and is not in a suite: as its documentation and that of the Barman Cloud plugin name it.
OF_CLOUDNATIVE_PG = dict.fromkeys([
    "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp", "cnpg_pg_replication_in_recovery",
    "cnpg_pg_stat_archiver_last_archived_time", "cnpg_pg_stat_archiver_last_failed_time",
], {})
# What Grafana puts in.
VARIABLES = {"$__rate_interval": "5m", "$service": "auth", "$route": "/v1/account"}

STRING = r'"(?:\\.|[^"\\])*"'
MATCHER = re.compile(rf"(\w+)\s*(=~|!~|!=|=)\s*({STRING})")
SELECTOR = re.compile(rf"\b([a-zA-Z_:][\w:]*)\b(?!\s*\()(\{{(?:[^}}\"]|{STRING})*\}})?")
GROUPING = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
WORDS = {"and", "or", "unless", "bool", "offset", "inf", "nan"}


def scraped(text):
    """The metrics, with the labels of each and their values."""
    metrics = {name: dict(labels) for name, labels in (OF_PROMETHEUS | OF_CLOUDNATIVE_PG).items()}
    for name, labels in re.findall(rf"^(\w+)(?:\{{((?:[^}}\"]|{STRING})*)\}})? \S+$", text, re.MULTILINE):
        known = metrics.setdefault(name, {})
        for label, value in re.findall(rf"(\w+)=({STRING})", labels):
            known.setdefault(label, set()).add(json.loads(value))
    return metrics


def selectors(query):
    """The metrics that a query names, each with its matchers; and the labels that it groups by, and makes."""
    made = set(re.findall(rf'label_replace\(.*?,\s*"(\w+)",\s*{STRING},\s*"\w+",', query, re.DOTALL))
    grouped = {label for _, labels in GROUPING.findall(query) for label in re.findall(r"\w+", labels)}
    plain = re.sub(r"\[[^\]]*\](?=\s*[),/*+-]|\s*$)", "", GROUPING.sub(" ", query))
    # Texts that are no matchers: the arguments of functions.
    plain = re.sub(rf"([(,]\s*){STRING}(?=\s*[,)])", r"\1", plain)
    found = [(name, MATCHER.findall(matchers)) for name, matchers in SELECTOR.findall(plain) if name.lower() not in WORDS]
    return found, grouped, made


def query_problems(query, metrics, recorded):
    """What a query names that is not there, and the labels that its answer may have."""
    found, grouped, made = selectors(query)
    problems, labels = [], set(made)
    for name, matchers in found:
        if name in recorded:
            labels |= recorded[name]
            continue
        if name not in metrics:
            problems.append(f"there is no metric {name}")
            continue
        labels |= metrics[name].keys() | OF_TARGET
        for label, operator, value in matchers:
            if label not in metrics[name].keys() | OF_TARGET:
                problems.append(f"{name} has no label {label}")
            elif operator == "=" and json.loads(value) not in metrics[name][label]:
                problems.append(f"{name} has no {label} {value}")
    if problems:
        return problems, labels | grouped
    problems = [f"nothing that it asks for has a label {label} to group by" for label in sorted(grouped - labels)]
    if not found:
        problems.append("it asks for no metric")
    return problems, grouped if re.search(r"\bby\s*\(", query) else labels


def said(text):
    """The labels that a text puts in."""
    return set(re.findall(r"\$labels\.(\w+)", text))


def rule_problems(metrics):
    groups = yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"]
    tests, table = (FOLDER / "alerts.test.yaml").read_text(), (DEPLOY / "README.md").read_text()
    recorded, names = {}, set()
    for rule in (rule for group in groups for rule in group["rules"]):
        name = rule.get("record") or rule["alert"]
        problems, labels = query_problems(rule["expr"], metrics, recorded)
        if "record" in rule:
            recorded[name] = labels
        else:
            names.add(name)
            notes, labels = rule.get("annotations", {}), labels | rule["labels"].keys()
            problems += [f"it has no {note}" for note in ("summary", "runbook") if not notes.get(note)]
            problems += [f"it tells of a label {label}" for label in sorted(said(" ".join(notes.values())) - labels)]
            if rule["labels"].get("severity") not in ("page", "ticket"):
                problems.append("its severity is not page or ticket")
            if f'alertname="{name}"' not in tests:
                problems.append("alerts.test.yaml has it fire nowhere")
        yield from (f"{name}: {problem}" for problem in problems)
    rows = set(re.findall(r"^\| `(Connectus\w+)` \|", table, re.MULTILINE))
    yield from (f"{name} is in alerts.yaml or in the table of deploy/README.md, and not in both" for name in sorted(rows ^ names))


def dashboard_queries(dashboard):
    """The titles, queries and legends of panels."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"], target["legendFormat"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            metric, label = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"]).groups()
            yield variable["name"], f"count by ({label}) ({metric})", ""
    for annotation in dashboard["annotations"]["list"]:
        yield annotation["name"], annotation["expr"], annotation["titleFormat"] + annotation["textFormat"]


def dashboard_problems(metrics):
    dashboard = json.loads((FOLDER / "dashboard.json").read_text())
    rules = []
    for title, query, legend in dashboard_queries(dashboard):
        for variable, value in VARIABLES.items():
            query = query.replace(variable, value)
        problems, labels = query_problems(query, metrics, {})
        problems += [f"its legend has a label {label}" for label in sorted(set(re.findall(r"\{\{(\w+)\}\}", legend)) - labels)]
        yield from (f"{title}: {problem}" for problem in problems)
        rules.append({"record": f"query{len(rules)}", "expr": query})
    # Prometheus reads them, too; JSON is YAML.
    groups = json.dumps({"groups": [{"name": "dashboard", "rules": rules}]})
    checked = subprocess.run(["promtool", "check", "rules", "/dev/stdin"], input=groups, text=True, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    if checked.returncode:
        yield f"the dashboard: {checked.stdout}{checked.stderr}"
    print(f"{len(rules)} queries of the dashboard")


def main():
    metrics = scraped(sys.stdin.read())
    found = [*rule_problems(metrics), *dashboard_problems(metrics)]
    print("\n".join(found) or "no problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
