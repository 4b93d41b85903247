"""A Ray of three nodes on this machine, and a program beside it: for tests, in a network namespace of its own.

    unshare -n python cluster.py [--lose FILE] PROGRAM ARGUMENT…

The head has no core for trials, the two other nodes have one each. An argument '@' stands for the address. With --lose the
node that runs the process whose number FILE begins with is killed, with all that it runs, as soon as there is such a file.
Ends with the program's status.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time

scratch = tempfile.mkdtemp(prefix="ray-")
token = os.path.join(scratch, "token")
with open(os.open(token, os.O_CREAT | os.O_WRONLY, 0o600), "w") as opened:
    opened.write(os.urandom(32).hex())
os.environ.update(
    RAY_AUTH_MODE="token",
    RAY_AUTH_TOKEN_PATH=token,
    RAY_USAGE_STATS_ENABLED="0",
    RAY_TMPDIR=scratch,
)
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../tools/sweep"))

import ray  # before psutil, which comes with it
import psutil
from ray.cluster_utils import Cluster
from sweep import raise_loopback


def lose(file):
    """Kills the node on which that process runs."""
    while not os.path.exists(file):
        time.sleep(0.1)
    with open(file) as opened:
        process = psutil.Process(int(opened.readline()))
    raylet = next(one for one in process.parents() if one.name() == "raylet")
    for one in [raylet, *raylet.children(recursive=True)]:
        one.kill()
    print("a node is lost", file=sys.stderr)


def main(arguments):
    raise_loopback()
    if arguments[0] == "--lose":
        threading.Thread(target=lose, args=[arguments[1]], daemon=True).start()
        arguments = arguments[2:]
    memory = {"object_store_memory": 80 * 2**20}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, **memory})
    for _ in range(2):
        cluster.add_node(num_cpus=1, **memory)
    try:
        return subprocess.run([cluster.address if one == "@" else one for one in arguments]).returncode
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
