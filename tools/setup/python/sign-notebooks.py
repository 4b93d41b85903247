"""Signs the notebooks that are as they were published, so that Jupyter shows the outputs they came with.

usage: python sign-notebooks.py NOTEBOOKS/SHA256SUMS

A notebook that is not in the list, or whose bytes are not those of the list, is left as it is: Jupyter shows its text and
its pictures, and no script of its outputs runs. The signature goes to Jupyter's data folder, not into the notebook.
"""
import hashlib
import pathlib
import sys

import nbformat
from nbformat.sign import NotebookNotary

sums = pathlib.Path(sys.argv[1])
notary = NotebookNotary()
for line in sums.read_text(encoding="utf-8").splitlines():
    known, name = line.split(maxsplit=1)
    file = sums.parent / name
    content = file.read_bytes() if file.is_file() else b""
    if hashlib.sha256(content).hexdigest() == known:
        notary.sign(nbformat.reads(content.decode("utf-8"), as_version=4))
        print("signed", name)
    else:
        print("not signed, it is not as it was published:", name)
