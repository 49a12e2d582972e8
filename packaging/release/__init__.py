"""The parts of scripts/release. Python 3.9 or newer, its standard library alone.

project, target     what is packed, and for which machine
layout              which file goes where
tarball, wheel, deb, rpm, crate, formula
crates              the crates in the programs: sbom and licenses
reproduce           packs twice and compares
"""
