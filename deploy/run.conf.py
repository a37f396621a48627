"""How gunicorn serves a trial (`make run`), where no nginx before it waits for slow clients."""

import socket
import struct

workers = 2
worker_class = "gthread"
threads = 32  # a client that sends half a request holds one
loglevel = "warning"
RECEIVE_TIMEOUT_SECONDS = 5


def post_worker_init(worker):
    """Carry out background work in a thread: a trial is one command. Two processes at it do nothing twice."""
    from django.apps import apps

    if apps.ready:
        from wenshang_disclosure.work.worker import work_in_thread

        work_in_thread()


def when_ready(server):
    """Let go of clients that begin a request and do not go on; accepted connections inherit the option on Linux."""
    limit = struct.pack("ll", RECEIVE_TIMEOUT_SECONDS, 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
