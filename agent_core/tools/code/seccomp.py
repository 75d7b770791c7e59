"""The seccomp filter of sandboxed code, assembled as classic BPF. Pure: bytes for `bwrap --seccomp`.

Whatever no rule names is allowed, for generated code may be any program; what the kernel learned after this was
written is not there.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from agent_core.tools.code.syscalls import ARCHITECTURES, LAST_KNOWN, NUMBERS

# instructions (include/uapi/linux/bpf_common.h) and what a filter returns (include/uapi/linux/seccomp.h)
_LOAD, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT, _ARGUMENT = 0, 4, 16, 8  # of struct seccomp_data, in bytes; little-endian

# Linux's own numbers, for the filter of a container may be made on another system
_EPERM, _ENOSYS, _EAFNOSUPPORT = 1, 38, 97
_O_CREAT = 0o100

# flags of clone(2), open(2), mmap(2) and ioctl(2); modes of chmod(2); families of socket(2)
_NEW_NAMESPACES = 0x7E020000
_O_TMPFILE = 0o20000000  # without O_DIRECTORY, whose bit differs between architectures
_SET_ID = 0o6000
_MAP_KIND, _MAP_SHARED, _MAP_ANONYMOUS = 0x0F, 0x01, 0x20
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6: the network inside is a loopback of its own

_PLAINLY_DENIED = (
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd", "mount", "umount2",
    "pivot_root", "chroot", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
    "statmount", "listmount", "unshare", "setns", "memfd_create", "memfd_secret", "shmget", "shmat", "shmctl",
    "shmdt", "msgget", "msgsnd", "msgrcv", "msgctl", "semget", "semop", "semctl", "semtimedop", "mq_open",
    "mq_unlink", "mq_timedsend", "mq_timedreceive", "mq_notify", "mq_getsetattr", "keyctl", "add_key",
    "request_key", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
    "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff",
    "acct", "quotactl", "quotactl_fd", "settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "syslog",
    "sethostname", "setdomainname", "iopl", "ioperm", "modify_ldt", "lookup_dcookie", "nfsservctl", "uselib",
    "vhangup", "name_to_handle_at", "open_by_handle_at", "fanotify_init", "personality", "ustat", "sysfs",
    "_sysctl", "map_shadow_stack",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Masked:
    """Holds when an argument's lowest 32 bits, under `mask`, are one of `values`; or none of them, if `negated`."""

    argument: int
    mask: int
    values: tuple[int, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A call that gives `error` when every condition holds."""

    call: str
    error: int
    conditions: tuple[Masked, ...] = ()


def _rules() -> Iterator[Rule]:
    yield from (Rule(call, _EPERM) for call in _PLAINLY_DENIED)
    # their arguments lie in memory, where no filter can look; as if the kernel were older, so that callers fall back
    yield from (Rule(call, _ENOSYS) for call in ("clone3", "openat2"))
    yield Rule("clone", _EPERM, (Masked(0, _NEW_NAMESPACES, (0,), negated=True),))
    yield Rule("socket", _EAFNOSUPPORT, (Masked(0, 0xFFFFFFFF, _FAMILIES, negated=True),))
    modes = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "fchmodat2": 2, "creat": 1, "mknod": 1, "mknodat": 2}
    for call, argument in modes.items():
        yield Rule(call, _EPERM, (_sets_id(argument),))
    for call, flags in {"open": 1, "openat": 2}.items():
        creates = Masked(flags, _O_CREAT, (_O_CREAT,))
        temporary = Masked(flags, _O_TMPFILE, (_O_TMPFILE,))
        yield from (Rule(call, _EPERM, (how, _sets_id(flags + 1))) for how in (creates, temporary))
    # memory that nothing maps any more stays there, and no count of processes shows it
    shared = Masked(3, _MAP_KIND | _MAP_ANONYMOUS, (_MAP_SHARED | _MAP_ANONYMOUS,))
    yield Rule("mmap", _EPERM, (shared,))
    yield Rule("ioctl", _EPERM, (Masked(1, 0xFFFFFFFF, (_TIOCSTI, _TIOCLINUX)),))


def _sets_id(argument: int) -> Masked:
    return Masked(argument, _SET_ID, (0,), negated=True)


RULES: Sequence[Rule] = tuple(_rules())


@cache
def filter_for(machine: str) -> bytes | None:
    """Return the filter for a machine, as `os.uname` calls it; None when its calls are not known here."""
    if machine not in ARCHITECTURES:
        return None
    numbers = NUMBERS[machine]
    program: list[bytes] = [
        _made(_LOAD, _ARCH_AT),
        _made(_EQUAL, ARCHITECTURES[machine], equal=1),
        _made(_RETURN, _KILL),  # a program of another architecture has other numbers for the same calls
        _made(_LOAD, _NUMBER_AT),
        _made(_AT_LEAST, LAST_KNOWN + 1, other=1),
        _made(_RETURN, _ERRNO | _ENOSYS),
    ]
    for rule in RULES:
        if rule.call in numbers:
            program.extend(_compiled(rule, numbers[rule.call]))
    program.append(_made(_RETURN, _ALLOW))
    return b"".join(program)


def _compiled(rule: Rule, number: int) -> list[bytes]:
    """Return the instructions of one rule; they expect the call's number in the accumulator, and leave it there."""
    told = _made(_RETURN, _ERRNO | rule.error)
    if not rule.conditions:
        return [_made(_EQUAL, number, other=1), told]
    rest: list[Callable[[int], bytes]] = []  # each makes its instruction, told how many follow it before the end
    for condition in rule.conditions:
        rest.append(_always(_LOAD, _ARGUMENTS_AT + _ARGUMENT * condition.argument))
        rest.append(_always(_AND, condition.mask))
        rest.extend(_tests(condition))
    body = [make(len(rest) - place) for place, make in enumerate(rest)]
    return [_made(_EQUAL, number, other=len(body) + 2), *body, told, _made(_LOAD, _NUMBER_AT)]


def _always(code: int, value: int) -> Callable[[int], bytes]:
    return lambda _: _made(code, value)


def _tests(condition: Masked) -> Iterator[Callable[[int], bytes]]:
    """Yield the comparisons: go on behind the last when the condition holds, else past the rule's answer.

    `left` counts the instructions from this one to the rule's answer.
    """
    last = len(condition.values) - 1
    for place, value in enumerate(condition.values):
        if condition.negated:
            yield lambda left, value=value: _made(_EQUAL, value, equal=left)
        elif place < last:
            yield lambda _left, value=value, to=last - place: _made(_EQUAL, value, equal=to)
        else:
            yield lambda left, value=value: _made(_EQUAL, value, other=left)


def _made(code: int, value: int, *, equal: int = 0, other: int = 0) -> bytes:
    return struct.pack("=HBBI", code, equal, other, value)
