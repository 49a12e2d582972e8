"""The machine that the programs are for, and what they need of it."""

import re
from dataclasses import dataclass

from .project import Failure, Missing, run

# Rust's triple: Debian's name, RPM's name, and the wheel's platform if the programs need no glibc.
NAMES = {
    "x86_64-unknown-linux-gnu": ("amd64", "x86_64", None),
    "aarch64-unknown-linux-gnu": ("arm64", "aarch64", None),
    "x86_64-unknown-linux-musl": ("amd64", "x86_64", "manylinux_2_17_x86_64.musllinux_1_1_x86_64"),
    "aarch64-unknown-linux-musl": ("arm64", "aarch64", "manylinux_2_17_aarch64.musllinux_1_1_aarch64"),
    "x86_64-apple-darwin": (None, None, "macosx_10_12_x86_64"),
    "aarch64-apple-darwin": (None, None, "macosx_11_0_arm64"),
}


@dataclass(frozen=True)
class Target:
    """`glibc`: the oldest release that the programs run with, as (2, 17); None if they need none."""

    triple: str
    debian: str
    rpm: str
    wheel: str
    glibc: tuple
    libraries: tuple


def host():
    """The triple of this machine."""
    found = re.search(r"^host: (.*)$", run("rustc", "-vV"), re.MULTILINE)
    return found.group(1)


def target(triple, program):
    """What this triple is called elsewhere, and what this program of it needs."""
    if triple not in NAMES:
        raise Failure(f"{triple} is none of {', '.join(sorted(NAMES))}")
    debian, rpm, wheel = NAMES[triple]
    glibc, libraries = (needs(program) if triple.endswith("-gnu") else (None, ()))
    if glibc:
        # The oldest release that pip knows for these machines is 2.17.
        major, minor = max(glibc, (2, 17))
        wheel = f"manylinux_{major}_{minor}_{rpm}"
    return Target(triple, debian, rpm, wheel, glibc, libraries)


def needs(program):
    """The release of glibc that the program's symbols need, and its libraries."""
    try:
        symbols = run("readelf", "--wide", "--version-info", program)
        dynamic = run("readelf", "--wide", "--dynamic", program)
    except Missing:
        raise Missing("readelf is not installed (binutils)") from None
    versions = re.findall(r"\bGLIBC_(\d+)\.(\d+)", symbols)
    if not versions:
        raise Failure(f"{program} is not linked with glibc")
    glibc = max((int(major), int(minor)) for major, minor in versions)
    return glibc, tuple(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
