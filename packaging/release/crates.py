"""The crates that the programs are made of, as Cargo resolves them."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .project import ROOT, read, run


@dataclass(frozen=True)
class Crate:
    """`linked`: it is in the programs; the others only help to build them."""

    id: str
    name: str
    version: str
    license: str
    authors: tuple
    repository: str
    folder: Path
    checksum: str
    linked: bool
    needs: tuple


@cache
def crates(triple):
    """All crates but our own, sorted by name and version; and the IDs that our own needs."""
    words = ("cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", triple)
    metadata = json.loads(run(*words, cwd=ROOT))
    packages = {it["id"]: it for it in metadata["packages"]}
    nodes = {it["id"]: it for it in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    macros = {id for id, it in packages.items() if "proc-macro" in it["targets"][0]["kind"]}
    linked = reached(root, nodes, {None}, macros)
    used = reached(root, nodes, {None, "build"}, set())
    checksums = locked()
    found = [crate(packages[id], nodes, id in linked, used, checksums) for id in used - {root}]
    return sorted(found, key=lambda it: (it.name, it.version)), depends(nodes[root], used)


def reached(root, nodes, kinds, barred):
    """The IDs that can be reached by dependencies of these kinds, not through the barred ones."""
    seen, todo = set(), [root]
    while todo:
        id = todo.pop()
        if id in seen or id in barred:
            continue
        seen.add(id)
        for it in nodes[id]["deps"]:
            if any(kind["kind"] in kinds for kind in it["dep_kinds"]):
                todo.append(it["pkg"])
    return seen


def depends(node, used):
    """What a node depends on, but for its own tests."""
    found = (it for it in node["deps"] if {kind["kind"] for kind in it["dep_kinds"]} != {"dev"})
    return tuple(sorted(it["pkg"] for it in found if it["pkg"] in used))


def crate(package, nodes, linked, used, checksums):
    """One crate of Cargo's metadata."""
    name, version = package["name"], package["version"]
    return Crate(
        id=package["id"],
        name=name,
        version=version,
        # Old crates write "MIT/Apache-2.0".
        license=(package["license"] or "").replace("/", " OR "),
        authors=tuple(package["authors"]),
        repository=package["repository"] or "",
        folder=Path(package["manifest_path"]).parent,
        checksum=checksums.get((name, version), ""),
        linked=linked,
        needs=depends(nodes[package["id"]], used),
    )


def locked():
    """The checksums in Cargo.lock, by name and version."""
    entry = r'name = "(.*)"\nversion = "(.*)"\nsource = ".*"\nchecksum = "(.*)"'
    return {(name, version): sha for name, version, sha in re.findall(entry, read("Cargo.lock").decode())}
