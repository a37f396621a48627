"""A stand-in for systemd, which no test machine runs: it starts what the installed units say, and nothing else.

`stand_in.py serve` holds the socket of wenshang.socket, starts `ExecStart` as `User` in `WorkingDirectory`, waits for
READY=1 where `Type=notify`, and stops as `KillMode=mixed` does. Under the name systemctl it asks that server. What
units write to their log goes to JOURNAL.
"""

import grp
import json
import os
import pwd
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

UNITS = Path("/etc/systemd/system")
ASKED = "/run/stand-in.sock"
JOURNAL = "/var/log/journal.log"
HANDED_ON = 50
WITHOUT_UNIT = {"nginx": ["nginx"]}


def read(unit):
    """Return section → key → values of a unit file."""
    found, section = defaultdict(lambda: defaultdict(list)), None
    for line in (UNITS / unit).read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found[section][key].append(value)
    return found


class Manager:
    """Knows what runs."""

    def __init__(self):
        self.sockets, self.running = {}, {}

    def start(self, unit):
        if unit.removesuffix(".service") in WITHOUT_UNIT:
            return self._start_nginx()
        kind = unit.rpartition(".")[2]
        if kind == "timer":
            return 0 if (UNITS / unit.replace(".timer", ".service")).exists() else 5
        if kind == "socket":
            return self._listen(unit)
        return self._start_service(unit)

    def stop(self, unit):
        if unit in self.running:
            process = self.running.pop(unit)
            process.terminate()
            try:
                process.wait(int(read(unit)["Service"].get("TimeoutStopSec", ["90"])[0]))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        elif unit in self.sockets:
            listening = self.sockets.pop(unit)
            if listening.family == socket.AF_UNIX:
                os.unlink(listening.getsockname())
            listening.close()
            os.close(HANDED_ON)
        return 0

    def restart(self, unit):
        return self.stop(unit) or self.start(unit)

    def reload(self, unit):
        if unit == "nginx":
            return subprocess.run(["nginx", "-s", "reload"], check=False).returncode
        command = read(unit)["Service"]["ExecReload"][0].replace("$MAINPID", str(self.running[unit].pid))
        return subprocess.run(shlex.split(command), check=False).returncode

    def pid(self, unit):
        return self.running[unit].pid

    def _start_nginx(self):
        if os.path.exists("/run/nginx.pid") and Path("/run/nginx.pid").read_text().strip():  # -t leaves an empty one
            return 0
        code = subprocess.run(["nginx"], check=False).returncode
        while code == 0 and not Path("/run/nginx.pid").read_text().strip():
            time.sleep(0.05)
        return code

    def _listen(self, unit):
        if unit in self.sockets:
            return 0
        said = read(unit)["Socket"]
        address = said["ListenStream"][0]
        if address.startswith("/"):
            made = socket.socket(socket.AF_UNIX)
            made.bind(address)
            os.chown(address, pwd.getpwnam(said["SocketUser"][0]).pw_uid, -1)
            os.chmod(address, int(said["SocketMode"][0], 8))
        else:
            made = socket.create_server(tuple(address.rsplit(":", 1)))
        made.listen(int(said["Backlog"][0]))
        os.dup2(made.fileno(), HANDED_ON)
        self.sockets[unit] = made
        return 0

    def _start_service(self, unit):
        if unit in self.running and self.running[unit].poll() is None:
            return 0
        said = read(unit)["Service"]
        if said["Type"] == ["exec"]:
            self.running[unit] = self._spawn(said, said["ExecStart"][0], {})
            return 0
        if said["Type"] != ["notify"]:
            if any(self._spawn(said, condition, {}).wait() for condition in said["ExecCondition"]):
                return 0
            return max(self._spawn(said, command, {}).wait() for command in said["ExecStart"])
        listening = self.sockets[unit.replace(".service", ".socket")]
        notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notified.bind("/run/stand-in-notify.sock")
        os.chmod("/run/stand-in-notify.sock", 0o666)
        notified.settimeout(30)
        try:
            self.running[unit] = self._spawn(
                said, said["ExecStart"][0], {"NOTIFY_SOCKET": "/run/stand-in-notify.sock"}, listening
            )
            while b"READY=1" not in notified.recv(4096):
                pass
        except TimeoutError:
            return 1
        finally:
            notified.close()
            os.unlink("/run/stand-in-notify.sock")
        return 0

    def _spawn(self, said, command, environment, listening=None):
        user = pwd.getpwnam(said["User"][0])
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "USER": user.pw_name, **environment}
        for name in said["RuntimeDirectory"]:
            folder = Path("/run") / name
            folder.mkdir(exist_ok=True)
            os.chown(folder, user.pw_uid, user.pw_gid)
            environment["RUNTIME_DIRECTORY"] = str(folder)

        def become():
            os.setsid()
            os.umask(int(said["UMask"][0], 8))
            os.initgroups(user.pw_name, grp.getgrnam(said["Group"][0]).gr_gid)
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)

        words = shlex.split(command)
        if listening is not None:  # handed on as descriptor 3, as systemd does
            environment["LISTEN_FDS"] = "1"
            words = ["/bin/bash", "-c", f"exec 3<&{HANDED_ON} {HANDED_ON}<&-; LISTEN_PID=$$ exec {shlex.join(words)}"]
        with open(JOURNAL, "a") as journal:
            return subprocess.Popen(
                words,
                cwd=os.path.realpath(said["WorkingDirectory"][0]),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=journal,
                stderr=journal,
                preexec_fn=become,
                pass_fds=(HANDED_ON,) if listening is not None else (),
            )


def serve():
    """Answer until the machine (the namespace) goes."""
    manager, asked = Manager(), socket.socket(socket.AF_UNIX)
    asked.bind(ASKED)
    asked.listen()
    while True:
        connection, _ = asked.accept()
        with connection:
            verb, units = json.loads(connection.recv(65536))
            try:
                code = max([getattr(manager, verb)(unit) for unit in units] or [0])
            except Exception as error:  # told to whoever asked
                print(f"stand-in: {verb} {units}: {error!r}", file=sys.stderr, flush=True)
                code = 1
            connection.sendall(str(code).encode())


def systemctl(verb, *words):
    """Ask the server; `enable`, `disable` and `daemon-reload` leave nothing to do but what `--now` asks, and nothing
    is ever enabled.
    """
    units = [word if "." in word or word == "nginx" else f"{word}.service" for word in words if word[0] != "-"]
    if verb == "daemon-reload" or (verb == "enable" and "--now" not in words):
        return 0
    if verb == "is-enabled":
        return 1
    with socket.socket(socket.AF_UNIX) as asked:
        asked.connect(ASKED)
        asked.sendall(json.dumps([{"enable": "start", "disable": "stop"}.get(verb, verb), units]).encode())
        return int(asked.recv(64))


def wait_for_server():
    """Wait until it answers."""
    for _ in range(100):
        if os.path.exists(ASKED):
            return
        time.sleep(0.05)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        sys.exit(systemctl(*sys.argv[1:]) & 0xFF if sys.argv[1] != "pid" else print(systemctl(*sys.argv[1:])))
