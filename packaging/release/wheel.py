"""The wheel: pip, pipx and uv put the programs beside Python's scripts, and the rest below share/.

Written here because maturin puts nothing below share/, and there is no Python code to build.
The format: https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

import base64
import hashlib
import time
import zipfile

from . import layout
from .layout import Item
from .project import project, read


def make(work):
    """A wheel for every Python 3 on this platform."""
    about = project()
    stem = f"{about.name.replace('-', '_')}-{about.version}"
    tag = f"py3-none-{work.target.wheel}"
    found = contents(work, stem, tag)
    record = f"{stem}.dist-info/RECORD"
    lines = [f"{item.path},{digest(item.data)},{len(item.data)}\n" for item in found]
    found.append(Item(record, "".join([*lines, f"{record},,\n"]).encode()))
    file = work.out / f"{stem}-{tag}.whl"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=work.level) as archive:
        for item in found:
            archive.writestr(entry(item, about.epoch), item.data)
    return [file]


def contents(work, stem, tag):
    """All files but RECORD. The installer moves what is below *.data."""
    info = f"{stem}.dist-info"
    found = []
    for item in layout.items(work.programs, work.triple):
        kind, rest = item.path.split("/", 1)
        place = f"scripts/{rest}" if kind == "bin" else f"data/{item.path}"
        found.append(Item(f"{stem}.data/{place}", item.data, item.mode))
    found.append(Item(f"{info}/LICENSE", read("LICENSE")))
    found.append(Item(f"{info}/METADATA", metadata()))
    found.append(Item(f"{info}/WHEEL", wheel(tag)))
    return found


def metadata():
    """What PyPI shows."""
    about = project()
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {about.name}",
        f"Version: {about.version}",
        f"Summary: {about.summary}",
        f"License: {about.license}",
        "License-File: LICENSE",
        "Classifier: Environment :: Console",
        "Classifier: Programming Language :: Rust",
        "Classifier: Topic :: Internet",
        "Description-Content-Type: text/markdown",
    ]
    if about.repository:
        lines.append(f"Project-URL: Source, {about.repository}")
    return ("\n".join(lines) + "\n\n").encode() + read("README.md")


def wheel(tag):
    """The file WHEEL: each platform of a compressed tag has a line of its own."""
    python, abi, platforms = tag.split("-")
    tags = "".join(f"Tag: {python}-{abi}-{it}\n" for it in platforms.split("."))
    return f"Wheel-Version: 1.0\nGenerator: scripts/release\nRoot-Is-Purelib: false\n{tags}".encode()


def digest(data):
    """A hash as RECORD has it."""
    hashed = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return "sha256=" + hashed.rstrip(b"=").decode()


def entry(item, moment):
    """The header of one file. A zip file knows no time before 1980."""
    header = zipfile.ZipInfo(item.path, max(time.gmtime(moment)[:6], (1980, 1, 1, 0, 0, 0)))
    header.create_system = 3  # Unix: the upper half of external_attr is the mode
    header.external_attr = (0o100000 | item.mode) << 16
    header.compress_type = zipfile.ZIP_DEFLATED
    return header
