"""The bill of materials, as CycloneDX 1.5 in JSON: https://cyclonedx.org/docs/1.5/json/

From Cargo's own metadata, without the paths and random numbers of this machine.
"""

import json
from datetime import datetime, timezone

from . import crates
from .project import project


def make(work):
    """NAME-VERSION-TRIPLE.cdx.json"""
    about = project()
    file = work.out / f"{about.name}-{about.version}-{work.triple}.cdx.json"
    file.write_text(json.dumps(bill(work.triple), indent=1, sort_keys=True) + "\n")
    return [file]


def bill(triple):
    """The document for one target."""
    about = project()
    found, needs = crates.crates(triple)
    names = {it.id: purl(it.name, it.version) for it in found}
    ours = purl(about.name, about.version)
    component = {"type": "application", "bom-ref": ours, "name": about.name, "version": about.version}
    component.update({"purl": ours, "licenses": [{"expression": about.license}]})
    graph = [{"ref": ours, "dependsOn": [names[id] for id in needs]}]
    graph += [{"ref": names[it.id], "dependsOn": [names[id] for id in it.needs]} for it in found]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(about.epoch, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": component,
            "properties": [{"name": "cargo:target", "value": triple}],
        },
        "components": [entry(it) for it in found],
        "dependencies": graph,
    }


def entry(crate):
    """One crate. `excluded`: it helps to build the programs and is not in them."""
    ours = purl(crate.name, crate.version)
    found = {"type": "library", "bom-ref": ours, "name": crate.name, "version": crate.version, "purl": ours}
    found["scope"] = "required" if crate.linked else "excluded"
    if crate.license:
        found["licenses"] = [{"expression": crate.license}]
    if crate.checksum:
        found["hashes"] = [{"alg": "SHA-256", "content": crate.checksum}]
    if crate.repository:
        found["externalReferences"] = [{"type": "vcs", "url": crate.repository}]
    return found


def purl(name, version):
    """The package's URL: https://github.com/package-url/purl-spec"""
    return f"pkg:cargo/{name}@{version}"
