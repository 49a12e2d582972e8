"""The RPM package, by rpmbuild."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from . import layout
from .project import ROOT, Failure, project, run

SPEC = ROOT / "packaging/rpm/mssh.spec"


def make(work):
    """NAME-VERSION-1.ARCHITECTURE.rpm"""
    about = project()
    if not work.target.debian:
        raise Failure(f"there is no RPM for {work.triple}")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        layout.write(contents(work), folder / "files", about.epoch)
        macros = {
            "name_": about.name,
            "version_": about.version,
            "summary_": about.summary,
            "license_": about.license,
            "files_": folder / "files",
            "_topdir": folder / "build",
            "_rpmdir": folder,
            "_buildhost": "reproducible",
            "use_source_date_epoch_as_buildtime": 1,
            "clamp_mtime_to_source_date_epoch": 1,
            "_binary_payload": "w1.gzdio" if work.quick else "w9.xzdio",
        }
        defines = [word for name, it in macros.items() for word in ("--define", f"{name} {it}")]
        environment = {**work.environment, "SOURCE_DATE_EPOCH": str(about.epoch)}
        run("rpmbuild", "--quiet", "-bb", "--target", work.target.rpm, *defines, SPEC, env=environment)
        (built,) = folder.glob("*/*.rpm")
        file = work.out / built.name
        file.write_bytes(built.read_bytes())
    return [file]


def contents(work):
    """All files, below /usr. rpmbuild looks for man pages with .gz itself."""
    for item in layout.items(work.programs, work.triple):
        if item.path.startswith(layout.MAN + os.sep):
            item = layout.compressed(item)
        yield replace(item, path=f"usr/{item.path}")
