"""The command line of scripts/release."""

import argparse
import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from . import crate, deb, formula, licenses, programs, reproduce, rpm, sbom, tarball, wheel
from .project import ROOT, Failure, Missing
from .target import Target, host, target

# In this order; the formula has the crate's checksum. These need the programs:
OF_PROGRAMS = ("tarball", "wheel", "deb", "rpm")
PARTS = {
    "tarball": tarball.make,
    "wheel": wheel.make,
    "deb": deb.make,
    "rpm": rpm.make,
    "crate": crate.make,
    "sbom": sbom.make,
    "licenses": licenses.make,
    "formula": formula.make,
}
EPILOG = f"""\
parts: programs, {', '.join(PARTS)}, checksums
Without a part, all are made; what cannot be made here is said and left out.

  scripts/release                                  everything, with a release build
  scripts/release --glibc 2.28                     the same for glibc 2.28 and newer, by cargo-zigbuild
  scripts/release --programs target/release deb    one package, of programs that are built
  scripts/release --check                          builds and packs twice, here and in a clone, and compares
  scripts/release --check --programs target/release    the same, but takes the programs as they are

Every time is that of the commit, or SOURCE_DATE_EPOCH.
"""


@dataclass(frozen=True)
class Work:
    """What the parts need to know. `programs` and `target` are None if no part needs them."""

    programs: Optional[Path]
    out: Path
    triple: str
    target: Optional[Target]
    url: str
    quick: bool

    @property
    def level(self):
        """How much to compress, from 1 to 9."""
        return 1 if self.quick else 9

    @property
    def environment(self):
        """The environment of packing programs: no language but C, no time zone but UTC."""
        return {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def parser():
    """The options. A file name may have any form; everything else is checked where it is used."""
    words = argparse.ArgumentParser(
        prog="scripts/release",
        description="Build the packages of a release: same sources and tools, same bytes.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=EPILOG,
    )
    words.add_argument("part", nargs="*", help="what to make")
    words.add_argument("--programs", type=Path, metavar="DIR", help="take the built programs from there")
    words.add_argument("--out", type=Path, metavar="DIR", help="where the files go (default: target/packages)")
    words.add_argument("--target", metavar="TRIPLE", help="Rust's name of the machine (default: this one)")
    words.add_argument("--glibc", metavar="VERSION", help="build for this glibc, by cargo-zigbuild")
    words.add_argument("--url", default="", help="where the files will be, for the formula")
    words.add_argument("--quick", action="store_true", help="compress little, for tests")
    words.add_argument("--check", action="store_true", help="make everything twice, and compare")
    return words


def main():
    """Runs the program. Its exit status."""
    options = parser().parse_args()
    unknown = set(options.part) - {"programs", "checksums", *PARTS}
    try:
        if unknown:
            raise Failure(f"no such part: {', '.join(sorted(unknown))}")
        return reproduce.check(options) if options.check else make(options)
    except (Failure, OSError) as error:
        print(f"release: {error}", file=sys.stderr)
        return 1


def make(options):
    """Makes the parts, and prints the files."""
    if options.part == ["programs"]:
        print(build(options))
        return 0
    triple = options.target or host()
    out = (options.out or ROOT / "target/packages").absolute()
    out.mkdir(parents=True, exist_ok=True)
    built, needs = None, None
    if not options.part or set(options.part) & set(OF_PROGRAMS):
        built = (options.programs or build(options)).absolute()
        needs = target(triple, built / "mssh")
    work = Work(built, out, triple, needs, options.url, options.quick)
    for part in PARTS:
        if not options.part or part in options.part:
            attempt(part, work, required=part in options.part)
    if not options.part or "checksums" in options.part:
        checksums(out)
    return 0


def build(options):
    """Builds the programs. Their directory."""
    ours = host()
    return programs.build(options.target or ours, ours, options.glibc)


def attempt(part, work, required):
    """Makes one part. Without its tool, or for a machine that does not have it, it is left out."""
    try:
        files = PARTS[part](work)
    except Failure as error:
        if required or not isinstance(error, Missing) and part != "formula":
            raise
        print(f"release: SKIPPED {part}: {error}", file=sys.stderr)
        return
    for file in files:
        print(f"{file.stat().st_size:10} {file}")


def checksums(out):
    """SHA256SUMS of all files, for sha256sum --check."""
    files = sorted(it for it in out.iterdir() if it.is_file() and it.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(it.read_bytes()).hexdigest()}  {it.name}\n" for it in files]
    (out / "SHA256SUMS").write_text("".join(lines))
    print(f"{len(lines):10} checksums in {out / 'SHA256SUMS'}")
