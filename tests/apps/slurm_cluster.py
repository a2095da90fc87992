"""Debian's Slurm for a test: munged, slurmctld and slurmd, started on this host alone, out of one directory."""

import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import time

CONFIGURATION = """\
ClusterName=irreplens
SlurmctldHost={host}({address})
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={directory}/munge.socket
CredType=cred/munge
SlurmctldPort={controller_port}
SlurmdPort={node_port}
StateSaveLocation={directory}/state
SlurmdSpoolDir={directory}/spool
SlurmctldPidFile={directory}/slurmctld.pid
SlurmdPidFile={directory}/slurmd.pid
SlurmctldLogFile={directory}/slurmctld.log
SlurmdLogFile={directory}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
JobRequeue=0
KillWait=5
NodeName={host} NodeAddr={address} CPUs={cpus} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Unavailable(Exception):
    """Slurm cannot be started here, and why."""


class Cluster:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.processes = []
        for program in ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel"):
            if shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None:
                raise Unavailable(f"{program} is not installed")
        if os.geteuid() != 0:
            raise Unavailable("it needs root")
        self.environment = {**os.environ, "SLURM_CONF": str(self.directory / "slurm.conf"),
                            "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}
        for name in [name for name in self.environment if name.startswith("SLURM_") and name != "SLURM_CONF"]:
            del self.environment[name]
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self):
        directory = self.directory
        directory.chmod(0o755)
        for name in ("state", "spool"):
            (directory / name).mkdir()
        key = directory / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(secrets.token_bytes(128))
        (directory / "slurm.conf").write_text(CONFIGURATION.format(
            host=socket.gethostname().split(".")[0], address="127.0.0.1", directory=directory, cpus=os.cpu_count(),
            controller_port=free_port(), node_port=free_port()))
        self._launch("munged", "--foreground", "--force", f"--socket={directory}/munge.socket", f"--key-file={key}",
                     f"--pid-file={directory}/munged.pid", f"--log-file={directory}/munged.log",
                     f"--seed-file={directory}/munged.seed")
        self._wait_for("munge", lambda: (directory / "munge.socket").exists())
        self._launch("slurmctld", "-D")
        self._launch("slurmd", "-D")
        self._wait_for("a node", lambda: "idle" in self.run("sinfo", "-h", "-o", "%t", check=False).stdout)

    def _launch(self, *command):
        log = open(self.directory / f"{command[0]}.out", "w")
        self.processes.append(subprocess.Popen(command, env=self.environment, stdout=log, stderr=log,
                                               cwd=self.directory, start_new_session=True))
        log.close()

    def _wait_for(self, what, there, seconds=40):
        end = time.monotonic() + seconds
        while not there():
            ended = [process.args[0] for process in self.processes if process.poll() is not None]
            if ended or time.monotonic() > end:
                name = (ended or ["slurmctld"])[0]
                said = (self.directory / f"{name}.out").read_text().strip().splitlines()[-1:]
                raise Unavailable(f"no {what}: {name}: {said}")
            time.sleep(0.1)

    def run(self, *command, check=True):
        return subprocess.run([str(word) for word in command], env=self.environment, check=check, text=True,
                              cwd=self.directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)

    def submit(self, script, *options):
        """The job's number."""
        return self.run("sbatch", "--parsable", *options, script).stdout.strip()

    def is_running(self, job):
        return "RUNNING" in self.run("squeue", "-h", "-j", job, "-o", "%T", check=False).stdout

    def wait(self, job, seconds=240):
        end = time.monotonic() + seconds
        while self.run("squeue", "-h", "-j", job, check=False).stdout.strip().startswith(job):
            if time.monotonic() > end:
                raise TimeoutError(f"job {job} does not end")
            time.sleep(0.2)

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
