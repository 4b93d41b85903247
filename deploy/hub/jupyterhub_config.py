"""JupyterHub's configuration for a class. What differs from class to class stands in a file that DESCENT_HUB names.

`npm run hub` writes that file; README.md in this folder explains it. Everything listens on 127.0.0.1 alone.
"""

import json
import os
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here))

from class_authenticator import ClassAuthenticator  # noqa: E402
from learner_spawner import LinuxLearnerSpawner, SimpleLearnerSpawner  # noqa: E402

settings = json.loads(Path(os.environ.pop("DESCENT_HUB")).read_text())
course = Path(settings["course"])
secrets = Path(settings["secrets"])  # a folder that only the hub's own user may enter
python = sys.executable
c = get_config()  # noqa: F821

c.JupyterHub.bind_url = f"http://127.0.0.1:{settings['port']}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{settings['hubPort']}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings['proxyPort']}"
c.ConfigurableHTTPProxy.command = [settings["node"], settings["proxy"], "--log-level=warn"]
c.ConfigurableHTTPProxy.pid_file = str(secrets / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{secrets / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(secrets / "cookie_secret")
c.JupyterHub.log_level = "WARN"

c.JupyterHub.authenticator_class = ClassAuthenticator
c.ClassAuthenticator.passwords = str(secrets / "passwords.json")
c.Authenticator.allowed_users = set(settings["learners"])

linux = settings["spawner"] == "linux"
c.JupyterHub.spawner_class = LinuxLearnerSpawner if linux else SimpleLearnerSpawner
c.LearnerSpawner.memory_bytes = settings["memoryBytes"]
c.LearnerSpawner.cgroup = settings["cgroup"]
c.LearnerSpawner.runtime = settings["runtime"]
c.SimpleLearnerSpawner.home_dir_template = str(Path(settings["homes"]) / "{username}")
c.Spawner.cmd = [str(here / "start-learner.sh")]
c.Spawner.notebook_dir = "~/"
c.Spawner.default_url = "/lab/tree/notebooks/00-start-here.ipynb"
# Many learners come at the same minute, and the machine may be small.
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
c.Spawner.env_keep = ["LANG", "LC_ALL"]
c.Spawner.environment = {
    "PATH": os.pathsep.join([str(Path(settings["node"]).parent), str(Path(python).parent), "/usr/local/bin:/usr/bin:/bin"]),
    "DESCENT_COURSE": str(course),
    "DESCENT_NODE": settings["node"],
    "DESCENT_HUB_PYTHON": python,
}
language = settings.get("language") or {}
if language:
    c.Spawner.environment["DESCENT_LANGUAGE"] = language["name"]
if language.get("locale"):
    c.Spawner.environment |= {"DESCENT_LOCALE": language["locale"], "PYTHONPATH": language["pack"]}
c.Spawner.args = [
    "--KernelSpecManager.allowed_kernelspecs=tslab",
    "--KernelSpecManager.ensure_native_kernel=False",
    # Sockets are files in a folder of the learner's own: what a kernel publishes on a port, every user of the machine can read.
    "--KernelManager.transport=ipc",
    # An idle kernel gives its memory back, also where its page is still open; one that computes is not idle.
    f"--MappingKernelManager.cull_idle_timeout={settings['kernelIdleSeconds']}",
    f"--MappingKernelManager.cull_interval={settings['cullEverySeconds']}",
    "--MappingKernelManager.cull_connected=True",
    "--LabApp.extension_manager=readonly",
    "--LabApp.news_url=",
    "--ServerApp.log_level=ERROR",
    *([] if linux or os.getuid() else ["--ServerApp.allow_root=True"]),
]

c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [
            python,
            "-m",
            "jupyterhub_idle_culler",
            f"--timeout={settings['idleSeconds']}",
            f"--cull-every={settings['cullEverySeconds']}",
        ],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]
if settings.get("token"):  # of the program that measures and tests
    c.JupyterHub.services.append({"name": "load", "api_token": settings["token"]})
    c.JupyterHub.load_roles.append(
        {"name": "load", "services": ["load"], "scopes": ["admin:users", "admin:servers", "access:servers", "tokens"]}
    )
