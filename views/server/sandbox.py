"""Take from a worker process what no query needs: the network, other programs, endless memory.

The guard has refused such queries already; this stands behind it, should it ever be wrong.
The filter of system calls is Linux's (x86-64 and ARM 64); elsewhere the bounds alone stand.
"""

import ctypes
import platform
import sys
from contextlib import suppress
from pathlib import Path

_PDEATHSIG, _NO_NEW_PRIVS, _SECCOMP, _FILTER = 1, 38, 22, 2
_SIGKILL = 9
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 13, 0x80000000
# socket, connect, sendto, bind, listen, socketpair, fork, vfork, execve, ptrace, execveat, io_uring
_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 44, 49, 50, 53, 57, 58, 59, 101, 322, 425, 426, 427)),
    "aarch64": (0xC00000B7, (198, 199, 200, 201, 203, 206, 117, 221, 281, 425, 426, 427)),
}
_X32 = 0x40000000


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("jt", ctypes.c_ubyte),
        ("jf", ctypes.c_ubyte),
        ("k", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


def seal_process() -> bool:
    """Refuse this process the network and other programs, and end it with its parent.

    Returns:
        Whether the system's filter of calls is in place.
    """
    if not sys.platform.startswith("linux") or platform.machine() not in _CALLS:
        return False
    machine, calls = _CALLS[platform.machine()]
    lines = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    lines += [(0x35, 0, 1, _X32), (_RETURN, 0, 0, _KILL)]  # calls of the other numbering
    for number in calls:
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    lines.append((_RETURN, 0, 0, _ALLOW))
    program = (_Instruction * len(lines))(*(_Instruction(*line) for line in lines))
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PDEATHSIG, _SIGKILL, 0, 0, 0)
        if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            return False
        filters = _Program(len(lines), program)
        return bool(libc.prctl(_SECCOMP, _FILTER, ctypes.byref(filters), 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def bound_memory(megabytes: int) -> None:
    """Bound this process's memory to what it has now and so many megabytes more."""
    import resource

    limit = memory_in_use()[0] + megabytes * 1024 * 1024
    with suppress(ValueError, OSError):  # a system without the bound
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def bound_time(seconds: float) -> None:
    """End this process when it has used so many seconds more of processor time.

    A limit of the process's whole time will not do: the system holds that against another count
    of it than it tells, and in a worker that lives long the two are many seconds apart.
    """
    import signal

    signal.setitimer(signal.ITIMER_PROF, seconds)


def memory_in_use() -> tuple[int, int]:
    """Return this process's address space and resident memory in bytes."""
    import resource

    try:
        size, resident = Path("/proc/self/statm").read_text().split()[:2]
        return int(size) * resource.getpagesize(), int(resident) * resource.getpagesize()
    except (OSError, ValueError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak, peak
