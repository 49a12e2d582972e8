"""The packed crate, as crates.io would get it."""

from .project import ROOT, project, run


def make(work):
    """NAME-VERSION.crate, by Cargo, whose archives do not depend on the time."""
    about = project()
    folder = ROOT / "target/package"
    run("cargo", "package", "--locked", "--no-verify", "--quiet", "--target-dir", ROOT / "target", cwd=ROOT)
    name = f"{about.name}-{about.version}.crate"
    file = work.out / name
    file.write_bytes((folder / name).read_bytes())
    return [file]
