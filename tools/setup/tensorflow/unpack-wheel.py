"""Unpacks from a TensorFlow wheel the two libraries and the C headers, nothing else, and notes what the wheel's own list of
files says of the libraries: record.json, each name with its SHA-256.

usage: python unpack-wheel.py WHEEL FOLDER
"""
import base64
import csv
import io
import json
import pathlib
import shutil
import sys
import zipfile

HEADERS = ("tensorflow/c/", "tensorflow/core/platform/ctstring", "tsl/platform/ctstring", "xla/tsl/c/")
LIBRARIES = ("libtensorflow_cc.", "libtensorflow_framework.")


def hashes(archive):
    """The wheel's RECORD: the SHA-256 of each file as hexadecimal digits."""
    [record] = [name for name in archive.namelist() if name.endswith(".dist-info/RECORD")]
    rows = csv.reader(io.StringIO(archive.read(record).decode()))
    return {
        name: base64.urlsafe_b64decode(digest.removeprefix("sha256=") + "==").hex()
        for name, digest, _ in rows
        if digest.startswith("sha256=")
    }


wheel, folder = sys.argv[1], pathlib.Path(sys.argv[2])
libraries = {}
with zipfile.ZipFile(wheel) as archive:
    known = hashes(archive)
    for member in archive.namelist():
        name = member.removeprefix("tensorflow/")
        header = name.removeprefix("include/")
        if name.startswith(LIBRARIES):
            target = folder / "lib" / name
            libraries[name] = known[member]
        elif header != name and header.startswith(HEADERS) and header.endswith(".h"):
            target = folder / "include" / header
        else:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
        print(name)
(folder / "record.json").write_text(json.dumps(libraries))
