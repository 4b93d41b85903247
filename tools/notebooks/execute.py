"""Executes one notebook: `python execute.py IN.ipynb OUT.ipynb LIMIT_SECONDS`.

Tells what happens in JSON lines on standard output:

    {"event": "start", "cells": 12}
    {"event": "cell", "index": 3, "id": "gd-formula", "seconds": 0.4}
    {"event": "error", "index": 3, "id": "gd-formula", "name": "RangeError", "traceback": "…"}
    {"event": "end", "seconds": 9.1, "peakBytes": 412000000}

The kernel is the one in this Python's environment, whatever else is installed for the user. The executed notebook is
written even after an error, as far as it came.
"""

import json
import re
import sys
import threading
import time
from pathlib import Path

import nbformat
import psutil
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parents[2]


def tell(**event):
    print(json.dumps(event), flush=True)


class Memory:
    """The most memory that the kernel's process held, sampled; exact where Linux keeps the mark itself."""

    def __init__(self):
        self.process = None
        self.peak = 0
        self.stopped = threading.Event()
        threading.Thread(target=self.watch, daemon=True).start()

    def look(self):
        try:
            self.peak = max(self.peak, self.process.memory_info().rss)
            status = Path(f"/proc/{self.process.pid}/status")
            if status.exists():
                mark = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
                self.peak = max(self.peak, int(mark[1]) * 1024) if mark else self.peak
        except (psutil.Error, OSError):
            pass

    def watch(self):
        while not self.stopped.wait(0.25):
            if self.process:
                self.look()


class Client(NotebookClient):
    async def async_start_new_kernel(self, **options):
        await super().async_start_new_kernel(**options)
        pid = getattr(self.km.provisioner, "pid", None)
        self.memory.process = psutil.Process(pid) if pid else None


def traceback_of(notebook, started):
    """The traceback as the kernel sent it; nbclient's own error repeats the cell's source."""
    for output in notebook.cells[max(started, default=0)].get("outputs", []):
        if output.output_type == "error":
            return "\n".join(output.traceback)
    return ""


def main(source, target, limit):
    notebook = nbformat.read(source, as_version=4)
    specs = KernelSpecManager(
        kernel_dirs=[str(Path(sys.prefix) / "share" / "jupyter" / "kernels")],
        ensure_native_kernel=False,
    )
    try:
        specs.get_kernel_spec("tslab")
    except NoSuchKernel:
        tell(event="error", index=-1, id="", name="NoSuchKernel",
             traceback="The kernel is not installed in .venv: `npm run setup` installs it.")
        return 1

    started = {}

    def on_start(cell, cell_index):
        started[cell_index] = time.monotonic()

    def on_executed(cell, cell_index, execute_reply):
        client.memory.look()
        seconds = round(time.monotonic() - started[cell_index], 3)
        tell(event="cell", index=cell_index, id=cell.get("id", ""), seconds=seconds)

    client = Client(
        notebook,
        km=AsyncKernelManager(kernel_name="tslab", kernel_spec_manager=specs),
        timeout=limit,
        record_timing=False,
        store_widget_state=False,
        allow_errors=False,
        resources={"metadata": {"path": str(ROOT)}},
        on_cell_start=on_start,
        on_cell_executed=on_executed,
    )
    client.owns_km = True  # the manager was made for this client: its kernel ends with the last cell
    client.memory = Memory()
    tell(event="start", cells=len(notebook.cells))
    begin = time.monotonic()
    failure = None
    try:
        client.execute()
    except CellExecutionError as error:
        failure = (error.ename, traceback_of(notebook, started) or str(error))
    except CellTimeoutError:
        failure = ("TimeoutError", f"The cell ran longer than {limit} seconds.")
    except DeadKernelError:
        failure = ("DeadKernelError", "The kernel died; out of memory, perhaps.")
    except Exception as error:  # whatever goes wrong, the runner reports it with the cell
        failure = (type(error).__name__, str(error))
    client.memory.stopped.set()
    nbformat.write(notebook, target)
    if failure:
        index = max(started, default=-1)
        ident = notebook.cells[index].get("id", "") if index >= 0 else ""
        tell(event="error", index=index, id=ident, name=failure[0], traceback=failure[1])
    tell(event="end", seconds=round(time.monotonic() - begin, 3), peakBytes=client.memory.peak)
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
