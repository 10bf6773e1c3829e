"""Starts a suite of its own, uses it as people do and as they should not, and prints its metrics: CONNECTUS_BIN is the binary."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

# How long the suite may take to do what is asked of it, in seconds.
PATIENCE = 60
PASSWORD = "correct horse battery"


def eventually(what, ask):
    """What `ask` answers once it is something."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if answer := ask():
            return answer
        time.sleep(0.1)
    sys.exit(f"it did not happen in {PATIENCE} s that {what}")


def ask(url, body=None, token=""):
    """What is answered, whatever its status."""
    headers = {"content-type": "application/json", "accept": "application/json", "x-access-token": token}
    request = urllib.request.Request(url, json.dumps(body).encode() if body is not None else None, headers)
    try:
        answer = urllib.request.urlopen(request, timeout=PATIENCE).read()
    except urllib.error.HTTPError as error:
        answer = error.read()
    return answer.decode()


def join(api, address, **who):
    """Registers somebody, opens the link that they are mailed, and answers their token."""
    ask(f"{api}/v1/auth/register", {"email": address, "password": PASSWORD, **who})
    link = eventually(f"{address} is mailed a link", lambda: next(
        (link for mail in json.loads(ask(f"{api}/dev/mail")) if mail["to"] == address for link in mail["links"]), None))
    ask(link)
    return json.loads(ask(f"{api}/v1/auth/login", {"id": address, "password": PASSWORD}))["token"]


def use(api):
    """A few calls that go well, and a few that do not."""
    ann = join(api, "ann@example.org", type="user", first_name="Ann", birthday="04/30/1990")
    watch = join(api, "help@example.org", type="organization", preferred_name="Coast Watch", is_nonprofit=True)
    ask(f"{api}/v1/experiences", {"name": "Choir", "description": "Sang.", "hours": 2, "email_verify": False}, ann)
    ask(f"{api}/v1/posts", {"content": "Hello"}, ann)
    ask(f"{api}/v1/search?q=coast", None, ann)
    ask(f"{api}/v1/communities", {"name": "Friends of the coast"}, watch)
    ask(f"{api}/v1/auth/login", {"id": "ann@example.org", "password": "a wrong one"})
    ask(f"{api}/v1/account", None, "no token")
    ask(f"{api}/v1/posts", {}, ann)
    ask(f"{api}/nowhere")
    ask(f"{api}/readyz")


def main():
    with tempfile.TemporaryDirectory() as folder:
        settings = {"PATH": os.environ["PATH"], "HOME": folder}
        # A replica that is not there is measured too.
        settings["ACCOUNT_DATABASE_READ_URL"] = "postgres://127.0.0.1:1/nowhere"
        command = [os.environ["CONNECTUS_BIN"], "all", "--listen", "127.0.0.1:0", "--grpc-listen", "127.0.0.1:0"]
        suite = subprocess.Popen(command + ["--data-dir", f"{folder}/data"], env=settings, stdout=subprocess.PIPE, text=True)
        try:
            said = (re.search(r"REST.*(http://\S+)", line) for line in suite.stdout)
            api = next((found[1] for found in said if found), None) or sys.exit("the suite did not start")
            use(api)
            print(ask(f"{api}/metrics"), end="")
        finally:
            suite.terminate()
            suite.wait()


if __name__ == "__main__":
    main()
