"""The programs, with no path of this machine in them."""

import os
from pathlib import Path

from .project import PROGRAMS, ROOT, commit, run

FOLDER = ROOT / "target"


def build(triple, host, glibc):
    """Builds them with Cargo, or for musl or an older glibc with cargo-zigbuild. Returns their directory."""
    zig = glibc or triple.endswith("-musl")
    command = ["cargo", "zigbuild" if zig else "build", "--release", "--locked"]
    command += [word for name in PROGRAMS for word in ("--bin", name)]
    other = zig or triple != host
    if other:
        command += ["--target", f"{triple}.{glibc}" if glibc else triple]
    environment = {**os.environ, "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags()), "CARGO_INCREMENTAL": "0"}
    # What `mssh --version` says.
    environment["MSSH_BUILD"] = ", ".join(filter(None, (commit(), triple)))
    run(*command, "--target-dir", FOLDER, cwd=ROOT, env=environment)
    return FOLDER / (triple if other else ".") / "release"


def flags():
    """rustc writes the paths of sources into the programs, for the messages of panics."""
    home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    yield from os.environ.get("RUSTFLAGS", "").split()
    for path, name in ((home / "registry/src", "/crates"), (home, "/cargo"), (ROOT, "/mssh")):
        yield f"--remap-path-prefix={path}={name}"
