"""The rows as Markdown, without secrets."""

import getpass
import os
import platform
import re
import socket

# What is replaced, wherever it is.
PATTERNS = (
    (r"arn:aws[\w-]*:\S+", "ARN"),
    (r"https?://\S+", "URL"),
    (r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b", "KEY"),
    (r"\b(?:SHA256:|MD5:)[\w+/:=]+", "FINGERPRINT"),
    (r"\b(?:ssh-\w+|ecdsa-[\w-]+) AAAA[\w+/=]+", "PUBLIC-KEY"),
    (r"\b[\w-]+(?:\.[\w-]+)*\.(?:amazonaws\.com(?:\.cn)?|internal|aws)\b", "HOST"),
    (r"\b(?:\d{1,3}\.){3}\d{1,3}(?:/\d+)?\b", "ADDRESS"),
    (r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){2,7}(?:[0-9a-fA-F]{1,4}|:)(?:[0-9a-fA-F:]*)", "ADDRESS"),
    (r"(?<![\w:])[0-9a-fA-F]{0,4}::[0-9a-fA-F:]*", "ADDRESS"),
    (r"\b\d{12}\b", "ACCOUNT"),
    (r"\b(?!mssh-)[a-z]+-[0-9a-f]{8}(?:[0-9a-f]{9})?\b", "ID"),
    (r"[A-Za-z0-9+/_=-]{40,}", "TOKEN"),
)

HOSTS = r"\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b"


def redact(text, words=(), show_ids=False):
    """The text without what identifies an account, a host, a person or a key."""
    for word in sorted((word for word in words if word), key=len, reverse=True):
        if not (show_ids and word.startswith("i-")):
            text = re.sub(r"(?<![A-Za-z0-9])" + re.escape(word) + r"(?![A-Za-z0-9])", "…", text)
    for pattern, name in PATTERNS:
        if not (show_ids and name == "ID"):
            text = re.sub(pattern, name, text)
    # A cell of a table is one line, and has no markup of its own.
    text = "".join(it if it.isprintable() else " " for it in text)
    return re.sub(r"([\\|`<>*_\[\]])", r"\\\1", text)[:300]


def private_words(trial, profiles):
    """What is private and has no pattern: names of this machine, its user, and the instance."""
    facts = trial.instance
    words = [os.path.expanduser("~"), trial.runner.directory, socket.gethostname(), trial.id]
    words += [name for _, name in profiles]
    words += [facts.get("name"), facts.get("private_address"), facts.get("public_address")]
    try:
        words.append(getpass.getuser())
    except (KeyError, OSError):
        pass
    public = {"root", trial.user, "default"}
    return [word for word in words if word and len(word) > 2 and word not in public]


def versions(trial):
    """The programs of this machine, and of the instance."""
    here = [trial.runner.run(["mssh", "--version"]).out.decode(), trial.runner.run(["ssh", "-V"]).err]
    lines = ["here: " + ", ".join([it.strip() for it in here] + [platform.system(), platform.machine()])]
    if trial.way is not None:
        command = (
            ". /etc/os-release; echo $PRETTY_NAME; ssh -V 2>&1; "
            "rpm -q ec2-instance-connect amazon-ssm-agent 2>/dev/null || "
            "dpkg-query -W ec2-instance-connect amazon-ssm-agent 2>/dev/null"
        )
        said = trial.runner.mssh(trial.way + [trial.target(), command]).out.decode(errors="replace")
        lines.append("there: " + ", ".join(said.split("\n")).strip(", "))
    return lines


def markdown(trial, profiles, facts):
    """The report. `facts` are more lines for its head."""
    words = private_words(trial, profiles)
    show = trial.options.show_ids

    def clean(text):
        return redact(text, words, show)

    def note(text):
        # An error may name a proxy or another host.
        return clean(re.sub(HOSTS, "HOST", text))

    lines = ["### mssh on the real AWS", ""]
    lines += [f"- {clean(line)}" for line in versions(trial) + facts]
    failed = sum(row.verdict == "FAILED" for row in trial.rows)
    lines += [f"- {len(trial.rows)} checks, {failed} failed", ""]
    lines += ["| what | result | seconds | note |", "|---|---|---|---|"]
    for row in trial.rows:
        seconds = "" if row.seconds is None else f"{row.seconds:.1f}"
        lines.append(f"| {clean(row.what)} | {row.verdict} | {seconds} | {note(row.note)} |")
    return "\n".join(lines) + "\n"
