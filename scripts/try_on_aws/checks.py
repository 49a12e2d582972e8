"""Logins by each way, look-ups, errors, the doctor, and forwarded ports."""

import json
import os
import re
import socket
import subprocess

from .cloud import CloudError
from .trial import FAILED, OK, SKIPPED

# The options of each way in. The endpoint is last: a new one takes minutes.
WAYS = {"direct": ["--via", "public"], "ssm": ["--ssm"], "eice": ["--eice"]}


def describe(trial):
    """Finds the instance in `mssh --list`, whose facts the other checks need."""
    outcome = trial.runner.mode(["--list", "--json", "--no-cache", trial.id])
    try:
        found = json.loads(outcome.out)
    except ValueError:
        found = []
    if len(found) == 1:
        trial.instance = found[0]
    return trial.judge("--list --json, by ID", outcome, len(found) == 1)


def first_contact(trial):
    """The host key is the one on the console. Before all others, which remember the key."""
    what = "host key as on the console"
    good = trial.until(what, ["--verify-host-key", "require", trial.target()])
    if not good and trial.options.instance and "cannot verify the host key" in trial.rows[-1].note:
        # Most images print their keys at the first boot only.
        trial.rows[-1].verdict = SKIPPED


def ways(trial, cloud):
    """A login by each way. The first that works serves the checks after this."""
    for name, words in WAYS.items():
        why = obstacle(trial, cloud, name)
        if why:
            trial.skip(f"login: {name}", why)
        elif trial.until(f"login: {name}", words + [trial.target()]):
            trial.working.append(name)
    if trial.working:
        trial.way = WAYS[trial.working[0]]
        trial.login("login: as mssh chooses", [trial.target()])
        plain_ssh(trial)
    else:
        trial.add("all that needs a login", FAILED, None, "no way in works")


def obstacle(trial, cloud, name):
    """Why a way cannot be tried at all; None if it can."""
    if not trial.wants(name):
        return "not wanted, or what it needs is missing"
    if name == "direct" and not trial.instance.get("public_address"):
        return "the instance has no public address"
    if name == "eice" and cloud:
        try:
            cloud.wait_for_endpoint(600)
        except CloudError as error:
            return str(error)
    return None


def plain_ssh(trial):
    """ssh itself, with mssh as its ProxyCommand."""
    runner = trial.runner
    block = runner.mode(["--ssh-config", "--agent-dir", runner.path("agents")] + trial.way)
    with open(runner.config, encoding="utf-8") as file:
        config = runner.write("plain", block.out.decode() + file.read())
    outcome = runner.run(["ssh", "-F", config, trial.target(), "echo plain"])
    trial.judge("plain ssh, by --ssh-config", outcome, outcome.out == b"plain\n")


def shell(trial):
    """Session Manager's own shell."""
    if not trial.wants("ssm"):
        return trial.skip("--shell", "not wanted, or what it needs is missing")
    typed = b"echo shell-$((6*7))\nexit\n"
    outcome = trial.runner.mode(["--shell", trial.id], stdin=typed)
    return trial.judge("--shell", outcome, b"shell-42" in outcome.out)


def serial(trial):
    """The serial console: whether ssh logs in there. It types nothing."""
    if not trial.wants("serial"):
        return trial.skip("--serial", "not wanted")
    words = ["-v", "-F", trial.runner.config, "--serial", trial.id]
    outcome = trial.runner.mode(words, limit=20)
    if "Authenticated to " in outcome.err:
        return trial.judge("--serial", outcome, True)
    lines = [line for line in outcome.err.splitlines() if not line.startswith("debug1: ")]
    outcome.err = "\n".join(lines)
    return trial.judge("--serial", outcome, False)


def hop(trial):
    """Through the instance to itself: ssh refuses a hop of the same name, so by its address."""
    private = trial.instance.get("private_address")
    if not trial.wants("hop") or not private:
        return trial.skip("-J", "not wanted" if private else "the instance has no private address")
    words = trial.way + ["-J", trial.target(), f"{trial.user}@{private}"]
    return trial.login("-J, through the instance to its private address", words)


def names(trial):
    """Every form of a target finds the instance. Nothing is pushed."""
    facts = trial.instance
    targets = [("public address", facts.get("public_address"))]
    targets += [("private address", facts.get("private_address"))]
    targets += [("IPv6 address", facts.get("ipv6_address"))]
    name = facts.get("name")
    if name and re.fullmatch(r"[\w.-]+", name):
        targets += [("Name tag", name), ("pattern", name[:-1] + "?")]
    tags = [(key, value) for key, value in facts.get("tags", {}).items() if key.startswith("mssh")]
    targets += [("tag:KEY=VALUE", f"tag:{key}={value}") for key, value in tags]
    for kind, target in targets:
        if not target:
            trial.skip(f"found by {kind}", "it has none")
            continue
        outcome = trial.runner.mode(["--list", "--json", "--no-cache", target])
        trial.judge(f"found by {kind}", outcome, trial.id.encode() in outcome.out)
    if name and trial.way is not None:
        trial.login("login by name", trial.way + [f"{trial.user}@{name}"])


def errors(trial):
    """What must fail, fails with the right words."""
    unknown = "i-0123456789abcdef0"
    outcome = trial.runner.mssh([unknown, "true"])
    good = outcome.code == 255 and f"there is no instance {unknown}" in outcome.err
    trial.judge("error: unknown instance", outcome, good)
    if trial.way is not None:
        outcome = trial.runner.mssh(trial.way + [f"mssh-nobody@{trial.id}", "true"])
        good = outcome.code == 255 and "Permission denied" in outcome.err
        trial.judge("error: unknown user", outcome, good)
        outcome = trial.runner.mssh(trial.way + [trial.target(), "exit 7"])
        trial.judge("exit status of the command", outcome, outcome.code == 7)


def doctor(trial):
    """The doctor's verdict, and the names of the checks that are not good."""
    outcome = trial.runner.mssh([trial.target(), "--doctor", "--json"])
    try:
        report = json.loads(outcome.out)
    except ValueError:
        return trial.judge("--doctor", outcome, False)
    odd = [f"{it['check']} {it['verdict']}" for it in report["findings"] if it["verdict"] != "good"]
    verdict = OK if report["works"] == (trial.way is not None) else FAILED
    return trial.add("--doctor", verdict, outcome.seconds, ", ".join(odd))


def listen(trial):
    """Forwarded ports: the banner of sshd arrives through each."""
    for name in trial.working:
        port_forward(trial, f"--listen: {name}", WAYS[name], f"{trial.id}:22")
    if "ssm" in trial.working:
        port_forward(trial, "--listen, of another host: ssm", [], f"{trial.id}:localhost:22")


def port_forward(trial, what, words, target):
    """Reads what sshd says first, through a port of this machine."""
    runner = trial.runner
    argv = ["mssh"] + runner.aws + words + ["--listen", "0", target]
    errors = open(runner.path("listen"), "w+b")
    listening = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=errors, env=runner.environment)
    said = b""
    try:
        port = int(listening.stdout.readline() or 0)
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            said = connection.recv(64)
    except OSError as error:
        said = str(error).encode()
    finally:
        listening.terminate()
        listening.wait()
    errors.seek(0, os.SEEK_SET)
    why = errors.read().decode(errors="replace").strip().splitlines()
    errors.close()
    if said.startswith(b"SSH-"):
        return trial.add(what, OK)
    return trial.add(what, FAILED, None, why[-1] if why else said.decode(errors="replace"))
