"""A classic BPF machine, as the kernel's seccomp has it: what a filter answers to a call."""

import struct
from collections.abc import Sequence

ALLOWED = 0x7FFF0000
KILLED = 0x80000000


def answer(program: bytes, architecture: int, number: int, arguments: Sequence[int] = ()) -> int:
    """Return what the filter returns for a call."""
    data = struct.pack("=IIQ6Q", number, architecture, 0, *[*arguments, *[0] * 6][:6])
    code = list(struct.iter_unpack("=HBBI", program))
    at = accumulator = 0
    while True:
        operation, equal, other, value = code[at]
        at += 1
        match operation:
            case 0x20:
                (accumulator,) = struct.unpack_from("=I", data, value)
            case 0x15:
                at += equal if accumulator == value else other
            case 0x35:
                at += equal if accumulator >= value else other
            case 0x54:
                accumulator &= value
            case 0x06:
                return value
            case _:
                raise AssertionError(f"no such instruction: {operation:#x}")


def error(program: bytes, architecture: int, number: int, arguments: Sequence[int] = ()) -> int:
    """Return the errno of a call, 0 when it is allowed."""
    found = answer(program, architecture, number, arguments)
    return 0 if found == ALLOWED else found & 0xFFFF
