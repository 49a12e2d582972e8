"""mscp, msftp and rsync, and how fast a file goes by each way."""

import os
import shlex

from .checks import WAYS

# A session of Session Manager carries less than 1 MB a second.
MEGABYTES = {"direct": 16, "eice": 16, "ssm": 4}


def all_of_them(trial):
    """Everything that copies."""
    directory = f"mssh-try-{os.path.basename(trial.runner.directory)[-8:]}"
    place = f"{trial.target()}:{directory}"
    made = trial.runner.mssh(trial.way + [trial.target(), f"mkdir {shlex.quote(directory)}"])
    if not trial.judge("a directory for copies", made, made.code == 0):
        return
    try:
        for name in trial.working:
            if trial.wants("speed"):
                throughput(trial, name, place)
        msftp(trial, place)
        rsync(trial, place)
    finally:
        remove = f"rm -rf {shlex.quote(directory)}"
        trial.runner.mssh(trial.way + [trial.target(), remove])


def throughput(trial, name, place):
    """Copies a file there and back, and compares."""
    size = MEGABYTES[name] * 1_000_000
    sent, got = trial.runner.path("sent"), trial.runner.path("got")
    with open(sent, "wb") as file:
        file.write(os.urandom(size))
    mscp = ["mscp", "-q"] + trial.runner.ssh_options() + WAYS[name]
    for what, files in (("to", [sent, f"{place}/file"]), ("from", [f"{place}/file", got])):
        outcome = trial.runner.run(mscp + files, limit=300)
        rate = f"{size / 1e6 / max(outcome.seconds, 0.001):.1f} MB/s with the login, {size // 10**6} MB"
        if not trial.judge(f"mscp {what} the instance: {name}", outcome, outcome.code == 0, rate):
            return
    same = os.path.exists(got) and read(sent) == read(got)
    trial.judge(f"mscp, the same bytes: {name}", outcome, same)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def msftp(trial, place):
    """A batch of commands."""
    sent, got = trial.runner.write("text", "some text\n"), trial.runner.path("msftp-got")
    batch = f"put {sent} msftp\nget msftp {got}\n".encode()
    argv = ["msftp", "-b", "-"] + trial.runner.ssh_options() + trial.way + [place]
    outcome = trial.runner.run(argv, stdin=batch)
    trial.judge("msftp, a batch", outcome, os.path.exists(got) and read(got) == read(sent))


def rsync(trial, place):
    """rsync over mssh."""
    if not trial.runner.find("rsync"):
        trial.skip("rsync -e mssh", "no rsync on this machine")
        return
    sent, got = trial.runner.write("text", "some text\n"), trial.runner.path("rsync-got")
    ssh = " ".join(shlex.quote(word) for word in ["mssh"] + trial.runner.ssh_options() + trial.way)
    outcome = trial.runner.run(["rsync", "-e", ssh, sent, f"{place}/rsync"])
    if "rsync: command not found" in outcome.err or "rsync: not found" in outcome.err:
        trial.skip("rsync -e mssh", "no rsync on the instance")
        return
    if outcome.code == 0:
        outcome = trial.runner.run(["rsync", "-e", ssh, f"{place}/rsync", got])
    trial.judge("rsync -e mssh, there and back", outcome, os.path.exists(got) and read(got) == read(sent))
