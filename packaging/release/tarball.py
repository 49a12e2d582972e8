"""The portable tarball: unpacked into ~/.local or /usr/local, everything is in its place."""

import gzip
import io
import tarfile

from . import layout
from .project import project


def make(work):
    """NAME-VERSION-TRIPLE.tar.gz, with a directory of that name that is to be stripped."""
    about = project()
    top = f"{about.name}-{about.version}-{work.triple}"
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for item in layout.items(work.programs, work.triple):
            archive.addfile(entry(f"{top}/{item.path}", item, about.epoch), io.BytesIO(item.data))
    file = work.out / f"{top}.tar.gz"
    file.write_bytes(gzip.compress(plain.getvalue(), work.level, mtime=0))
    return [file]


def entry(path, item, time):
    """The header of one file, owned by root."""
    header = tarfile.TarInfo(path)
    header.size, header.mode, header.mtime = len(item.data), item.mode, time
    header.uname = header.gname = "root"
    return header
