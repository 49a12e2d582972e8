"""Checks, each of which is a row of the report."""

import sys
import time
from dataclasses import dataclass

OK, FAILED, SKIPPED = "ok", "FAILED", "skipped"


@dataclass
class Row:
    """What was tried, how it went, the seconds it took (or None), and what is to be said about it."""

    what: str
    verdict: str
    seconds: object
    note: str


class Trial:
    """The instance that is tried, and the rows so far."""

    def __init__(self, runner, options):
        self.runner = runner
        self.options = options
        self.rows = []
        # When the instance began to boot, or the run.
        self.began = time.monotonic()
        self.user = options.user
        self.id = ""
        # What `mssh --list --json` says about it.
        self.instance = {}
        # The names of the ways in that work, and the options of the first.
        self.working = []
        self.way = None

    def target(self):
        return f"{self.user}@{self.id}"

    def wants(self, part):
        return part not in self.options.skip

    def add(self, what, verdict, seconds=None, note=""):
        """Adds a row, and shows it."""
        self.rows.append(Row(what, verdict, seconds, note))
        took = "" if seconds is None else f" ({seconds:.1f} s)"
        print(f"{verdict:8}{what}{took}{': ' + note if note else ''}", file=sys.stderr, flush=True)

    def skip(self, what, why):
        self.add(what, SKIPPED, None, why)

    def judge(self, what, outcome, good, note=""):
        """Adds a row for an outcome. Returns whether it is good."""
        self.add(what, OK if good else FAILED, outcome.seconds, note if good else outcome.why())
        return good

    def login(self, what, words, **how):
        """Runs `echo` on the instance by these words."""
        outcome = self.runner.mssh(words + ["echo mssh-$((6*7))"], **how)
        good = outcome.code == 0 and outcome.out == b"mssh-42\n"
        return self.judge(what, outcome, good)

    def until(self, what, words):
        """The same, again and again until it works or patience ends, which began with the instance."""
        patience = self.options.patience
        began = time.monotonic()
        end = max(self.began + patience, began + min(patience, 30))
        while True:
            outcome = self.runner.mssh(words + ["echo mssh-$((6*7))"])
            good = outcome.code == 0 and outcome.out == b"mssh-42\n"
            if good or time.monotonic() > end:
                break
            time.sleep(3)
        waited = time.monotonic() - began
        tries = f"ready after {waited:.0f} s" if waited > outcome.seconds + 1 else ""
        return self.judge(what, outcome, good, tries)
