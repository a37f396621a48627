"""Refusal of network access to a process and all that it starts, by a filter of the Linux kernel (seccomp).

Needs neither privileges nor namespaces, so it works under systemd's `RestrictNamespaces` and in containers. Sockets of
the machine itself (AF_UNIX) stay allowed: LibreOffice needs one to start.
"""

import ctypes
import platform
import struct
import sys

# machine → (audit architecture, number of the system call `socket`); linux/audit.h, asm/unistd.h
MACHINES = {
    "x86_64": (0xC000003E, 41),
    "aarch64": (0xC00000B7, 198),
    "loongarch64": (0xC0000102, 198),
    "riscv64": (0xC00000F3, 198),
}
IO_URING_SETUP = 425  # opens sockets as well; the same number on every machine
X32_CALLS = 0x40000000  # x86_64 calls under other numbers
AF_UNIX = 1
SET_NO_NEW_PRIVILEGES, SET_SECCOMP, BY_FILTER = 38, 22, 2
LOAD, EQUAL, AT_LEAST, ANSWER = 0x20, 0x15, 0x35, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data; the low half comes first
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 13  # EACCES


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def refuse_network():
    """Let every socket of this process but those of the machine itself fail from now on; return whether that worked."""
    if sys.platform != "linux" or platform.machine() not in MACHINES:
        return False
    steps = _steps(*MACHINES[platform.machine()])
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.addressof(code))
    prctl = ctypes.CDLL(None).prctl
    return not (prctl(SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or prctl(SET_SECCOMP, BY_FILTER, ctypes.byref(program), 0, 0))


def _steps(architecture, socket_call):
    """Return the filter as `(operation, steps to skip if true, if false, value)`."""
    refuse = (ANSWER, 0, 0, REFUSE)
    return [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, architecture),
        refuse,
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, X32_CALLS),
        refuse,
        (EQUAL, 0, 1, IO_URING_SETUP),
        refuse,
        (EQUAL, 0, 3, socket_call),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (EQUAL, 1, 0, AF_UNIX),
        refuse,
        (ANSWER, 0, 0, ALLOW),
    ]
