"""The licenses of all crates in the programs, each text once."""

import re

from . import crates
from .project import Failure, project

FILES = re.compile(r"(?i)^(license|licence|copying|copyright|notice|unlicense)")


def text(triple):
    """A list of the crates with their licenses, and after it the texts with the crates that have them."""
    found = [it for it in crates.crates(triple)[0] if it.linked]
    about = project()
    parts = [
        f"{about.name} {about.version} contains the crates below, and the standard library of Rust",
        "(MIT OR Apache-2.0). Their sources are at https://crates.io/crates/NAME/VERSION.",
        "A crate whose package has no license file is listed with its authors.",
        "",
    ]
    texts = {}
    for it in found:
        files = own_texts(it.folder)
        if not it.license and not files:
            raise Failure(f"{it.name} {it.version} names no license")
        note = "" if files else f" ({', '.join(it.authors) or 'no authors named'})"
        parts.append(f"{it.name} {it.version}: {it.license}{note}")
        for words in files:
            texts.setdefault(words, []).append(f"{it.name} {it.version}")
    for words, names in texts.items():
        parts += ["", "-" * 79, wrapped(names), "-" * 79, "", words]
    return ("\n".join(parts) + "\n").encode()


def own_texts(folder):
    """The license files of a crate. Line ends and space at the end of lines do not count."""
    files = sorted(it for it in folder.iterdir() if it.is_file() and FILES.match(it.name))
    texts = [it.read_text(encoding="utf-8", errors="replace") for it in files]
    return ["\n".join(line.rstrip() for line in it.strip().splitlines()) for it in texts]


def wrapped(names):
    """Names with commas, in lines of at most 79 characters."""
    lines = [""]
    for position, name in enumerate(names):
        word = name + ("," if position + 1 < len(names) else "")
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) <= 79:
            lines[-1] = joined
        else:
            lines.append(word)
    return "\n".join(lines)


def make(work):
    """The list as a file of its own, for one target."""
    about = project()
    file = work.out / f"{about.name}-{about.version}-{work.triple}-crates.txt"
    file.write_bytes(text(work.triple))
    return [file]
