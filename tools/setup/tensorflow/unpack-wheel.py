"""Unpacks from a TensorFlow wheel the two libraries and the C headers, nothing else.

usage: python unpack-wheel.py WHEEL FOLDER
"""
import pathlib
import shutil
import sys
import zipfile

HEADERS = ("tensorflow/c/", "tensorflow/core/platform/ctstring", "tsl/platform/ctstring", "xla/tsl/c/")
LIBRARIES = ("libtensorflow_cc.", "libtensorflow_framework.")

wheel, folder = sys.argv[1], pathlib.Path(sys.argv[2])
with zipfile.ZipFile(wheel) as archive:
    for member in archive.namelist():
        name = member.removeprefix("tensorflow/")
        header = name.removeprefix("include/")
        if name.startswith(LIBRARIES):
            target = folder / "lib" / name
        elif header != name and header.startswith(HEADERS) and header.endswith(".h"):
            target = folder / "include" / header
        else:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
        print(name)
