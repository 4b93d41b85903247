"""Starts the course's kernel and times it: until it answers, its first cell, and a cell that loads mathjs and starts TensorFlow.

Prints one JSON line: {"start": …, "firstCell": …, "tensorflow": …}, in seconds.
"""
import json
import time

from jupyter_client.manager import KernelManager

manager = KernelManager(kernel_name='tslab')
begin = time.perf_counter()
manager.start_kernel()
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=120)
    times = {'start': time.perf_counter() - begin}
    for name, code in [
        ('firstCell', '1 + 1'),
        ('tensorflow', "import { sqrt } from 'mathjs';\nimport { startTensorflow } from './lib/tensorflow';\n"
                       "[sqrt(4), (await startTensorflow()).reason]"),
    ]:
        begin = time.perf_counter()
        reply = client.execute_interactive(code, timeout=120, output_hook=lambda message: None)
        if reply['content']['status'] != 'ok':
            raise SystemExit(f'the cell {code!r} failed: {reply["content"]}')
        times[name] = time.perf_counter() - begin
    print(json.dumps(times))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
