"""Facts about the project: from Cargo.toml, and from git."""

import json
import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAMS = ("mssh", "msftp", "mscp")


class Failure(Exception):
    """Why a part cannot be made, in words for the user."""


class Missing(Failure):
    """A program that one part needs is not installed."""


@dataclass(frozen=True)
class Project:
    """`epoch`: seconds since 1970; every time in every package is this one."""

    name: str
    version: str
    summary: str
    license: str
    repository: str
    epoch: int


def run(*words, **options):
    """The output of a program. Fails with the program's own words."""
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True, **options)
    except FileNotFoundError:
        raise Missing(f"{words[0]} is not installed") from None
    except subprocess.CalledProcessError as error:
        raise Failure(f"{' '.join(map(str, words))}: exit status {error.returncode}") from None
    return done.stdout


def read(name):
    """The bytes of a file of the project."""
    return (ROOT / name).read_bytes()


@cache
def project():
    """The project as Cargo.toml describes it."""
    metadata = json.loads(run("cargo", "metadata", "--no-deps", "--format-version", "1", cwd=ROOT))
    (package,) = metadata["packages"]
    return Project(
        name=package["name"],
        version=package["version"],
        summary=package["description"],
        license=package["license"],
        repository=package["repository"] or "",
        epoch=epoch(),
    )


def commit():
    """The commit; empty outside of a git checkout."""
    try:
        return run("git", "rev-parse", "--short=12", "HEAD", cwd=ROOT, stderr=subprocess.DEVNULL).strip()
    except Failure:
        return ""


def epoch():
    """SOURCE_DATE_EPOCH, or else the time of the commit."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    try:
        return int(run("git", "log", "-1", "--format=%ct", cwd=ROOT, stderr=subprocess.DEVNULL))
    except Failure:
        raise Failure("no git checkout: set SOURCE_DATE_EPOCH to the time of the release") from None
