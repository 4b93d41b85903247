"""Starts learners' servers, each in a cgroup that limits its memory, with a folder of its own for its sockets."""

import os
import pwd
import resource

from jupyterhub.spawner import LocalProcessSpawner, SimpleLocalProcessSpawner
from traitlets import Int, Unicode


class LearnerSpawner(LocalProcessSpawner):
    """What both spawners of a class have in common."""

    memory_bytes = Int(config=True, help="what a learner's server and kernels may take together")
    cgroup = Unicode(config=True, help="the folder of the class in the system's cgroups; empty where there is none")
    runtime = Unicode(config=True, help="where each learner gets a folder for sockets")

    def user_ids(self):
        """The system user of this learner's server."""
        return os.getuid(), os.getgid()

    def own_cgroup(self):
        return os.path.join(self.cgroup, self.user.name)

    def get_env(self):
        return {**super().get_env(), "JUPYTER_RUNTIME_DIR": os.path.join(self.runtime, self.user.name)}

    async def start(self):
        folder = os.path.join(self.runtime, self.user.name)
        os.makedirs(folder, mode=0o700, exist_ok=True)
        os.chown(folder, *self.user_ids())
        if self.cgroup:
            self.limit_memory()
        return await super().start()

    def limit_memory(self):
        os.makedirs(self.own_cgroup(), exist_ok=True)
        limits = {"memory.max": self.memory_bytes, "memory.swap.max": 0, "memory.limit_in_bytes": self.memory_bytes}
        set_any = False
        for name, value in limits.items():
            file = os.path.join(self.own_cgroup(), name)
            if os.path.exists(file):
                with open(file, "w") as limit:
                    limit.write(str(value))
                set_any = True
        if not set_any:
            raise RuntimeError(f"{self.own_cgroup()} limits no memory")

    def make_preexec_fn(self, name):
        enter_user = super().make_preexec_fn(name)
        members = os.path.join(self.own_cgroup(), "cgroup.procs") if self.cgroup else None

        def enter():
            # Still as the hub's user, in the process that becomes the server: all that it starts will be in there, too.
            if members:
                with open(members, "w") as file:
                    file.write(str(os.getpid()))
            enter_user()

        return enter


class LinuxLearnerSpawner(LearnerSpawner):
    """Each learner is a system user of the same name."""

    processes = Int(4096, config=True, help="how many a learner may have at once, each thread counted")

    def user_ids(self):
        user = pwd.getpwnam(self.user.name)
        return user.pw_uid, user.pw_gid

    def make_preexec_fn(self, name):
        enter = super().make_preexec_fn(name)

        def limited():
            # Else one who starts processes without end leaves none to the others.
            resource.setrlimit(resource.RLIMIT_NPROC, (self.processes, self.processes))
            enter()

        return limited


class SimpleLearnerSpawner(LearnerSpawner, SimpleLocalProcessSpawner):
    """All learners are the hub's own user: nothing keeps them apart. For trying out only."""
