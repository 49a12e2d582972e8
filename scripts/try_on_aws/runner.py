"""Runs mssh and its companions with a configuration of their own."""

import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass

SSH_CONFIG = """\
Host *
    UserKnownHostsFile "{directory}/known_hosts"
    StrictHostKeyChecking accept-new
    IdentityFile none
    PasswordAuthentication no
    KbdInteractiveAuthentication no
    ConnectTimeout 10
"""


@dataclass
class Outcome:
    """How a program ended. `code` is None if it ran out of time."""

    code: object
    out: bytes
    err: str
    seconds: float

    def why(self):
        """The line of standard error that says most."""
        if self.code is None:
            return "it did not end in time"
        lines = [line.strip() for line in self.err.splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("mssh: error: ")]
        said = (errors or lines or [""])[-1]
        return said or f"exit status {self.code}"


class Runner:
    """Programs, their environment, and a temporary directory for all files of the run."""

    def __init__(self, options, region):
        self.directory = tempfile.mkdtemp(prefix="mssh-try-")
        self.bin = options.bin
        self.environment = dict(os.environ, MSSH_CONFIG=os.devnull)
        # Only mssh's key is to be tried.
        self.environment.pop("SSH_AUTH_SOCK", None)
        if options.bin:
            path = os.path.abspath(options.bin) + os.pathsep + os.environ.get("PATH", "")
            self.environment["PATH"] = path
        self.aws = []
        if region:
            self.aws += ["--region", region]
        if options.profile:
            self.aws += ["--profile", options.profile]
        self.config = self.write("config", SSH_CONFIG.format(directory=self.directory))

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        """Writes a file of the run. Its path."""
        path = self.path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def find(self, program):
        """The path of a program; None if it is missing."""
        return shutil.which(program, path=self.environment.get("PATH"))

    def run(self, argv, stdin=b"", limit=90):
        """Runs a program to its end, or for `limit` seconds at most."""
        began = time.monotonic()
        try:
            ended = subprocess.run(
                argv, input=stdin, capture_output=True, timeout=limit, env=self.environment, check=False
            )
        except FileNotFoundError:
            return Outcome(127, b"", f"{argv[0]}: not found on PATH", 0.0)
        except subprocess.TimeoutExpired as late:
            text = (late.stderr or b"").decode(errors="replace")
            return Outcome(None, late.stdout or b"", text, time.monotonic() - began)
        text = ended.stderr.decode(errors="replace")
        return Outcome(ended.returncode, ended.stdout, text, time.monotonic() - began)

    def ssh_options(self):
        """The options that every connection of mssh, msftp and mscp gets."""
        return self.aws + ["--host-key-alias", "yes", "-F", self.config]

    def mssh(self, words, **how):
        """Connects with mssh."""
        return self.run(["mssh"] + self.ssh_options() + words, **how)

    def mode(self, words, **how):
        """Runs a mode of mssh that takes none of ssh's options, such as --list."""
        return self.run(["mssh"] + self.aws + words, **how)

    def remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)
