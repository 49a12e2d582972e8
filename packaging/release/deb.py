"""The Debian package, by dpkg-deb."""

import hashlib
import tempfile
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

from . import layout
from .layout import Item
from .project import Failure, project, read, run

ZSH = "share/zsh/vendor-completions"
# Libraries, and Debian's packages that have them. Any other one is an error.
PACKAGES = {"libgcc_s.so.1": "libgcc-s1", "libc.so.6": None, "libm.so.6": None, "libpthread.so.0": None}
PACKAGES.update({"libdl.so.2": None, "librt.so.1": None, "ld-linux-x86-64.so.2": None, "libutil.so.1": None})
PACKAGES["ld-linux-aarch64.so.1"] = None


def make(work):
    """NAME_VERSION_ARCHITECTURE.deb"""
    about = project()
    if not work.target.debian:
        raise Failure(f"there is no Debian for {work.triple}")
    file = work.out / f"{about.name}_{about.version}_{work.target.debian}.deb"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        found = contents(work)
        size = sum(len(it.data) for it in found) // 1024 + 1
        sums = "".join(f"{hashlib.md5(it.data).hexdigest()}  {it.path}\n" for it in found)
        control = Item("DEBIAN/control", control_file(work.target, size))
        layout.write([control, Item("DEBIAN/md5sums", sums.encode()), *found], root, about.epoch)
        pack(root, file, work)
    return [file]


def contents(work):
    """All files, where Debian's policy wants them."""
    about = project()
    found = []
    for item in layout.items(work.programs, work.triple, zsh=ZSH):
        folder, name = item.path.rsplit("/", 1)
        if item.path.startswith(f"{layout.MAN}/") or name in ("crates.txt", "CHANGELOG.md"):
            item = layout.compressed(item)
        elif name == "LICENSE":
            item = replace(item, path=f"{folder}/copyright", data=copyright_file())
        found.append(replace(item, path=f"usr/{item.path}"))
    return [*found, layout.compressed(Item(f"usr/share/doc/{about.name}/changelog", changelog()))]


def control_file(target, size):
    """DEBIAN/control; `size` is in KiB."""
    about = project()
    fields = {"VERSION": about.version, "ARCHITECTURE": target.debian, "SIZE": str(size), "NAME": about.name}
    fields["LIBRARIES"] = "".join(f"{it}, " for it in libraries(target))
    return filled("packaging/debian/control", fields)


def libraries(target):
    """The packages of the shared libraries that the programs need."""
    unknown = set(target.libraries) - set(PACKAGES)
    if unknown:
        raise Failure(f"the programs need {', '.join(sorted(unknown))}: name its package in {__name__}")
    glibc = ["libc6 (>= {}.{})".format(*target.glibc)] if target.glibc else []
    return glibc + sorted({PACKAGES[it] for it in target.libraries} - {None})


def copyright_file():
    """The machine-readable copyright file."""
    return filled("packaging/debian/copyright", {"NAME": project().name})


def changelog():
    """What Debian's tools read; people read CHANGELOG.md."""
    about = project()
    fields = {"NAME": about.name, "VERSION": about.version, "DATE": formatdate(about.epoch)}
    return filled("packaging/debian/changelog", fields)


def filled(name, fields):
    """A template with each @FIELD@ replaced."""
    text = read(name).decode()
    for field, value in fields.items():
        text = text.replace(f"@{field}@", value)
    return text.encode()


def pack(root, file, work):
    """Runs dpkg-deb. Only one thread of xz gives the same bytes on every machine."""
    # Debian 11 cannot read zstd, the default of some others.
    compression = ["-Zgzip", "-z1"] if work.quick else ["-Zxz", "-z9"]
    words = ["dpkg-deb", "--root-owner-group", "--uniform-compression", *compression]
    environment = {**work.environment, "SOURCE_DATE_EPOCH": str(project().epoch)}
    run(*words, "--build", root, file, env={**environment, "XZ_DEFAULTS": "-T1"})
