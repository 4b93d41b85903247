"""Trials of a sweep on Ray: `python sweep.py JOB.json`.

The job says which trials there are, or, for a search that learns (TPE, ASHA), what is searched. Each trial is a process of
Node, `tools/sweep/make-trial.ts`, which keeps its own result; here it is only decided where and when it runs. Tells what
happens in JSON lines on standard output:

    {"event": "ready", "nodes": 1}
    {"event": "trial", "index": 3, "lost": null}
    {"event": "trial", "setting": {"learningRate": "0.01"}, "status": "stopped", "progress": [{"validationLoss": 0.4}]}
    {"event": "end"}

A worker that dies takes its Node process along: `setpriv --pdeathsig KILL` (util-linux).
"""

import fcntl
import json
import math
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys

import ray


def tell(**event):
    print(json.dumps(event), flush=True)


def raise_loopback():
    """In a network namespace of its own even the loopback is down at first."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh", b"lo", 0x1 | 0x40)  # IFF_UP, IFF_RUNNING
        fcntl.ioctl(any_socket, 0x8914, request)  # SIOCSIFFLAGS


def node_command(job, *arguments):
    tied = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
    return [*tied, job["node"], "--import", "tsx", "tools/sweep/make-trial.ts", job["plan"], *arguments]


class Ended(Exception):
    """The process ended without having kept a result."""


def make(job, index):
    """A trial of the plan; its process keeps the result, one that failed too. Returns why there may be none."""
    done = subprocess.run(
        node_command(job, str(index)),
        cwd=job["root"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    if done.returncode < 0:
        raise Ended(f"killed by signal {-done.returncode}")
    return complaint(done.stderr) if done.returncode else None


def complaint(said):
    """The line with the error: below it Node writes where it happened, and its version."""
    lines = [line for line in said.splitlines() if line.strip()]
    return next((line for line in lines if "Error: " in line), lines[-1] if lines else None)


def run_plan(job):
    """All trials as tasks: no process of Ray is started for each."""
    task = ray.remote(num_cpus=1, max_retries=job["retries"], retry_exceptions=[Ended])(make)
    open_tasks = {task.remote(job, index): index for index in range(job["trials"])}
    while open_tasks:
        [ready], _ = ray.wait(list(open_tasks), num_returns=1)
        index = open_tasks.pop(ready)
        try:
            tell(event="trial", index=index, lost=ray.get(ready))
        except Exception as error:
            tell(event="trial", index=index, lost=str(error).strip().splitlines()[-1])


def text_of(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def train(config, job):
    """A setting that a search proposes. Each line of progress is reported: the scheduler may end it there."""
    from ray import tune

    setting = {name: text_of(value) for name, value in config.items()}
    process = subprocess.Popen(
        node_command(job, "--setting", json.dumps(setting)),
        cwd=job["root"],
        stdout=subprocess.PIPE,
        text=True,
    )
    reported = 0
    last = None
    try:
        for line in process.stdout:
            # A torn line is none: the trial died while it wrote it.
            event = json.loads(line) if line.endswith("\n") and line.startswith("{") else {}
            if event.get("type") == "progress":
                reported += 1
                value = event["figures"].get(job["measure"])
                if isinstance(value, (int, float)) and math.isfinite(value):
                    tune.report({"step": reported, "score": value, "status": "running"})
            elif event.get("type") == "outcome":
                last = event
        process.wait()
    finally:
        process.kill()
    if last is None:
        raise Ended(f"the trial ended with status {process.returncode} and no result")
    value = (last.get("figures") or {}).get(job["measure"])
    worst = -math.inf if job["more"] else math.inf
    # A setting that diverges is a result, too: the worst.
    score = value if last["status"] == "done" and isinstance(value, (int, float)) else worst
    why = last.get("message") or ""
    tune.report({"step": reported + 1, "score": score, "status": last["status"], "message": why})


def space_of(space):
    from ray import tune

    def values_of(values):
        if values["kind"] == "list":
            return tune.choice(values["values"])
        low, high = values["low"], values["high"]
        if values["whole"]:
            draw = tune.lograndint if values["logarithmic"] else tune.randint
            return draw(int(low), int(high) + 1)
        return (tune.loguniform if values["logarithmic"] else tune.uniform)(low, high)

    return {name: values_of(values) for name, values in space.items()}


def tell_trial(config, result, failed):
    setting = {name: text_of(value) for name, value in config.items()}
    status = "failed" if failed else result.get("status", "failed")
    # Its last word was one of progress: the scheduler has ended it.
    status = "stopped" if status == "running" else status
    score = result.get("score")
    known = isinstance(score, (int, float)) and math.isfinite(score)
    tell(event="trial", setting=setting, status=status, step=result.get("step"),
         **({"message": result["message"]} if result.get("message") else {}),
         **({"score": score} if known else {}))


def search(job):
    """TPE proposes settings; with ASHA those that are behind at the same step are stopped."""
    from ray import tune
    from ray.tune import Callback, FailureConfig, RunConfig, TuneConfig, Tuner
    from ray.tune.schedulers import ASHAScheduler
    from ray.tune.search.optuna import OptunaSearch

    class Tells(Callback):
        def on_trial_complete(self, iteration, trials, trial, **info):
            tell_trial(trial.config, trial.last_result or {}, failed=False)

        def on_trial_error(self, iteration, trials, trial, **info):
            tell_trial(trial.config, trial.last_result or {}, failed=True)

    mode = "max" if job["more"] else "min"
    trainable = tune.with_resources(tune.with_parameters(train, job=job), {"cpu": 1})
    run = RunConfig(
        name="tune",
        storage_path=job["results"],
        failure_config=FailureConfig(max_failures=job["retries"]),
        callbacks=[Tells()],
        verbose=0,
    )
    place = os.path.join(job["results"], "tune")
    if Tuner.can_restore(place):
        tuner = Tuner.restore(place, trainable, resume_unfinished=True, restart_errored=True)
    else:
        scheduler = ASHAScheduler(time_attr="step", max_t=10**9, grace_period=1, reduction_factor=3)
        tuner = Tuner(
            trainable,
            param_space=space_of(job["space"]),
            tune_config=TuneConfig(
                metric="score",
                mode=mode,
                num_samples=job["trials"],
                search_alg=OptunaSearch(seed=job["searchSeed"]),
                scheduler=scheduler if job["search"] == "asha" else None,
                max_concurrent_trials=job["jobs"],
            ),
            run_config=run,
        )
    results = tuner.fit()
    # Also those that an earlier run has finished.
    for result in results:
        tell_trial(result.config, result.metrics or {}, failed=result.error is not None)


def main(file):
    with open(file) as opened:
        job = json.load(opened)
    if job["own"]:
        raise_loopback()
    # Whoever asked for the sweep may end it, or be gone.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if job["own"]:
        ray.init(
            num_cpus=job["jobs"],
            include_dashboard=False,
            _temp_dir=job["scratch"],
            object_store_memory=100 * 2**20,
            log_to_driver=False,
        )
    else:
        ray.init(address=job["address"], log_to_driver=False)
    try:
        tell(event="ready", nodes=len([node for node in ray.nodes() if node["Alive"]]))
        if job["search"] in ("tpe", "asha"):
            search(job)
        else:
            run_plan(job)
        tell(event="end")
    finally:
        ray.shutdown()
        if job["own"]:
            shutil.rmtree(job["scratch"], ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
