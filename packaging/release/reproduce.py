"""Makes the packages twice, in two places and two environments, and compares them byte by byte."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .project import ROOT, Failure, run


def check(options):
    """Exit status 0 if all files are the same. Without --programs, those are built twice, too."""
    if run("git", "status", "--porcelain", cwd=ROOT):
        raise Failure("commit your changes first: the second run is in a clone")
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "elsewhere" / "clone"
        run("git", "clone", "--quiet", ROOT, clone)
        first = pack(ROOT, Path(folder) / "first", options, umask=0o022, zone="UTC")
        second = pack(clone, Path(folder) / "second", options, umask=0o077, zone="Pacific/Auckland")
        return report(first, second, options)


def pack(root, out, options, umask, zone):
    """Runs scripts/release of one checkout. The files that it makes, by name."""
    words = [sys.executable, root / "scripts/release", *options.part, "--out", out]
    for name in ("programs", "target", "glibc", "url"):
        value = getattr(options, name)
        if value:
            words += [f"--{name}", value.absolute() if isinstance(value, Path) else value]
    words += ["--quick"] if options.quick else []
    before = os.umask(umask)
    try:
        done = subprocess.run(words, stdout=subprocess.DEVNULL, env={**os.environ, "TZ": zone})
    finally:
        os.umask(before)
    if done.returncode:
        raise Failure(f"{root}: scripts/release failed")
    return {it.name: it.read_bytes() for it in out.iterdir()}


def report(first, second, options):
    """Prints a line for each file."""
    differ = 0
    for name in sorted({*first, *second}):
        same = first.get(name) == second.get(name)
        differ += not same
        print(f"{'same' if same else 'DIFFERENT':9} {name}")
    rebuilt = "taken from --programs, not rebuilt" if options.programs else "built twice"
    print(f"{len(first)} files, {differ} different; the programs were {rebuilt}")
    return 1 if differ else 0
