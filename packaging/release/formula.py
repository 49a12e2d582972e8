"""The Homebrew formula, which builds from the packed crate. (The Nix expression needs no checksum.)"""

import hashlib

from .deb import filled
from .project import Failure, project


def make(work):
    """mssh.rb: --url is where the packed crate will be, and a run before has put it into --out."""
    about = project()
    crate = f"{about.name}-{about.version}.crate"
    if not work.url:
        raise Failure("name the directory of the release by --url")
    try:
        sha256 = hashlib.sha256((work.out / crate).read_bytes()).hexdigest()
    except OSError as error:
        raise Failure(f"{error}: make the part crate first") from None
    fields = {"URL": f"{work.url.rstrip('/')}/{crate}", "SHA256": sha256, "LICENSE": about.license}
    fields.update({"SUMMARY": about.summary, "HOMEPAGE": about.repository or work.url})
    file = work.out / "mssh.rb"
    file.write_bytes(filled("packaging/homebrew/mssh.rb", fields))
    return [file]
