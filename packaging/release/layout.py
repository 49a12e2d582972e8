"""Which file goes where below a prefix like /usr: one list for all packages."""

import gzip
import os
from dataclasses import dataclass, replace

from . import licenses
from .project import PROGRAMS, ROOT, Failure, project, read

MAN = "share/man"
BASH = "share/bash-completion/completions"
FISH = "share/fish/vendor_completions.d"
ZSH = "share/zsh/site-functions"
DOCUMENTS = ("README.md", "CHANGELOG.md", "SECURITY.md")


@dataclass(frozen=True)
class Item:
    """A file of a package; `path` is below the prefix."""

    path: str
    data: bytes
    mode: int = 0o644


def items(programs, triple, zsh=ZSH):
    """All files, sorted by path. `programs` is the directory with the built programs."""
    name = project().name
    found = [Item(f"bin/{it}", program(programs, it), 0o755) for it in PROGRAMS]
    for it in PROGRAMS:
        found.append(Item(f"{BASH}/{it}", read(f"completions/{it}.bash")))
        found.append(Item(f"{FISH}/{it}.fish", read(f"completions/{it}.fish")))
        found.append(Item(f"{zsh}/_{it}", read(f"completions/_{it}")))
    for it in (ROOT / "man").iterdir():
        found.append(Item(f"{MAN}/man{it.suffix[1:]}/{it.name}", it.read_bytes()))
    pages = sorted(f"docs/{it.name}" for it in (ROOT / "docs").glob("*.md"))
    for it in (*DOCUMENTS, *pages, "LICENSE"):
        found.append(Item(f"share/doc/{name}/{it}", read(it)))
    found.append(Item(f"share/doc/{name}/crates.txt", licenses.text(triple)))
    return sorted(found, key=lambda item: item.path)


def program(directory, name):
    """The bytes of a built program."""
    try:
        return (directory / name).read_bytes()
    except OSError as error:
        raise Failure(f"{error}: build the programs first, or name their directory by --programs") from None


def compressed(item):
    """The item as man and Debian want it: gzipped, without a time."""
    return replace(item, path=f"{item.path}.gz", data=gzip.compress(item.data, 9, mtime=0))


def write(found, directory, time):
    """Writes the items below a directory, with these modes and this time, whatever the umask is."""
    for item in found:
        file = directory / item.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(item.data)
        file.chmod(item.mode)
    for folder, _, files in os.walk(directory, topdown=False):
        for name in files:
            os.utime(os.path.join(folder, name), (time, time))
        os.chmod(folder, 0o755)
        os.utime(folder, (time, time))
