"""The seccomp filter: which calls it denies, with which error, and that it is whole."""

import errno
import os
import stat
import struct

import pytest

from agent_core.tools.code.seccomp import RULES, filter_for
from agent_core.tools.code.syscalls import ARCHITECTURES, LAST_KNOWN, NUMBERS
from tests.agent_core.tools.code.bpf import ALLOWED, KILLED, answer, error

MACHINES = sorted(ARCHITECTURES)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_rule_without_conditions_gives_its_error(machine):
    program, numbers = filter_for(machine), NUMBERS[machine]
    for rule in RULES:
        if rule.call in numbers and not rule.conditions:
            assert error(program, ARCHITECTURES[machine], numbers[rule.call]) == rule.error, rule.call


@pytest.mark.parametrize("machine", MACHINES)
def test_a_jump_never_leads_out_of_the_filter(machine):
    code = list(struct.iter_unpack("=HBBI", filter_for(machine)))
    assert len(code) < 4096  # BPF_MAXINSNS
    for at, (operation, equal, other, _) in enumerate(code):
        if operation in (0x15, 0x35):
            assert at + 1 + max(equal, other) < len(code)
    assert code[-1] == (0x06, 0, 0, ALLOWED)


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_of_another_architecture_end_the_program(machine):
    other = next(each for each in MACHINES if each != machine)
    assert answer(filter_for(machine), ARCHITECTURES[other], 0) == KILLED
    assert answer(filter_for(machine), 0x40000003, 0) == KILLED  # i386, that a 64-bit kernel runs, too


@pytest.mark.parametrize("machine", MACHINES)
def test_what_the_kernel_learned_later_is_not_there(machine):
    program, architecture = filter_for(machine), ARCHITECTURES[machine]
    assert error(program, architecture, LAST_KNOWN) == 0
    assert error(program, architecture, LAST_KNOWN + 1) == errno.ENOSYS
    assert error(program, architecture, 0x40000000 | 1) == errno.ENOSYS  # x32 calls carry this bit


THREAD = 0x3D0F00  # what pthread_create gives to clone


@pytest.mark.parametrize(
    ("call", "arguments", "wanted"),
    [
        ("clone", [THREAD], 0),
        ("clone", [0x11], 0),  # fork
        *[("clone", [0x11 | 1 << bit], errno.EPERM) for bit in (17, 25, 26, 27, 28, 29, 30)],
        ("clone3", [], errno.ENOSYS),
        ("openat2", [], errno.ENOSYS),
        *[("socket", [family], 0) for family in (1, 2, 10)],
        *[("socket", [family], errno.EAFNOSUPPORT) for family in (16, 17, 38, 40, 44)],
        ("socket", [1 << 32 | 40], errno.EAFNOSUPPORT),  # the kernel looks at the lower half alone
        ("fchmod", [3, 0o755], 0),
        ("fchmod", [3, 0o4755], errno.EPERM),
        ("fchmodat", [-100 & 0xFFFFFFFF, 0, 0o2755], errno.EPERM),
        ("fchmodat2", [3, 0, 0o6755], errno.EPERM),
        ("mknodat", [3, 0, stat.S_IFREG | 0o4755], errno.EPERM),
        ("mknodat", [3, 0, stat.S_IFIFO | 0o644], 0),
        ("openat", [3, 0, os.O_RDONLY, 0o4755], 0),  # without O_CREAT nobody looks at a mode
        ("openat", [3, 0, os.O_CREAT | os.O_WRONLY, 0o644], 0),
        ("openat", [3, 0, os.O_CREAT | os.O_WRONLY, 0o4755], errno.EPERM),
        ("openat", [3, 0, os.O_TMPFILE | os.O_WRONLY, 0o2755], errno.EPERM),
        ("mmap", [0, 4096, 3, 0x22], 0),  # private and anonymous
        ("mmap", [0, 4096, 3, 0x01], 0),  # shared, of a file
        ("mmap", [0, 4096, 3, 0x21], errno.EPERM),  # shared and anonymous
        ("ioctl", [0, 0x5413], 0),  # TIOCGWINSZ
        ("ioctl", [0, 0x5412], errno.EPERM),
        ("ioctl", [0, 0x541C], errno.EPERM),
    ],
)
@pytest.mark.parametrize("machine", MACHINES)
def test_arguments_decide_where_a_call_is_not_denied_as_such(machine, call, arguments, wanted):
    assert error(filter_for(machine), ARCHITECTURES[machine], NUMBERS[machine][call], arguments) == wanted


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        *[(call, [0, 0o4755]) for call in ("chmod", "creat", "mknod")],
        ("open", [0, os.O_CREAT, 0o4755]),
    ],
)
def test_the_old_calls_that_set_a_mode_are_looked_at_too(call, arguments):
    found = error(filter_for("x86_64"), ARCHITECTURES["x86_64"], NUMBERS["x86_64"][call], arguments)
    assert found == errno.EPERM


def test_a_machine_whose_calls_are_not_known_has_no_filter():
    assert filter_for("riscv64") is None
