import asyncio
import contextlib
import os
import pty
import termios

import pytest

from adapters.console.keys import PipedLines, TerminalKeys, open_keyboard


@pytest.fixture
def terminal():
    """A terminal: the person's end, and the program's."""
    person, program = pty.openpty()
    yield person, program
    for each in (person, program):
        with contextlib.suppress(OSError):
            os.close(each)


async def soon(work):
    async with asyncio.timeout(5):
        return await work


async def test_keys_come_one_at_a_time_and_unseen(terminal):
    person, program = terminal
    with TerminalKeys(program).open() as keyboard:
        for key in "yñ同":
            os.write(person, key.encode())
            assert await soon(keyboard.key()) == key
        os.set_blocking(person, False)
        with pytest.raises(BlockingIOError):
            os.read(person, 1)


async def test_a_paste_is_one_key(terminal):
    person, program = terminal
    with TerminalKeys(program).open() as keyboard:
        os.write(person, b"nyyy")
        assert await soon(keyboard.key()) == "n"
        os.write(person, b"s")
        assert await soon(keyboard.key()) == "s"


async def test_arrows_are_no_keys(terminal):
    person, program = terminal
    with TerminalKeys(program).open() as keyboard:
        pressed = asyncio.create_task(keyboard.key())
        os.write(person, b"\x1b[A")
        await asyncio.wait([pressed], timeout=0.1)
        assert not pressed.done()
        os.write(person, b"y")
        assert await soon(pressed) == "y"


async def test_what_was_typed_before_is_forgotten_even_while_a_key_is_awaited(terminal):
    person, program = terminal
    with TerminalKeys(program).open() as keyboard:
        pressed = asyncio.create_task(keyboard.key())
        await asyncio.sleep(0)
        os.write(person, b"y")
        keyboard.forget()
        os.write(person, b"n")
        assert await soon(pressed) == "n"


async def test_a_line_is_typed_as_the_terminal_is_used_to(terminal):
    person, program = terminal
    with TerminalKeys(program).open() as keyboard:
        typed = asyncio.create_task(keyboard.line())
        await asyncio.sleep(0)
        os.write(person, "too drz\x7fy 太长\n".encode())
        assert await soon(typed) == "too dry 太长"
        os.write(person, b"y")
        assert await soon(keyboard.key()) == "y"


async def test_ctrl_d_is_the_end(terminal):
    person, program = terminal
    with TerminalKeys(program).open() as keyboard:
        os.write(person, b"\x04")
        assert await soon(keyboard.key()) == ""
        typed = asyncio.create_task(keyboard.line())
        await asyncio.sleep(0)
        os.write(person, b"\x04")
        assert await soon(typed) is None


async def test_a_terminal_that_is_gone_is_the_end(terminal):
    person, program = terminal
    with TerminalKeys(program).open() as keyboard:
        pressed = asyncio.create_task(keyboard.key())
        await asyncio.sleep(0)
        os.close(person)
        assert await soon(pressed) == ""


async def test_the_terminal_is_left_as_it_was_found(terminal):
    _, program = terminal
    before = termios.tcgetattr(program)
    with contextlib.suppress(ZeroDivisionError), TerminalKeys(program).open() as keyboard:
        assert termios.tcgetattr(program) != before
        with keyboard.lent():
            assert termios.tcgetattr(program) == before
        assert termios.tcgetattr(program) != before
        raise ZeroDivisionError
    assert termios.tcgetattr(program) == before


async def test_lines_of_a_pipe_come_in_order_until_they_end():
    read, write = os.pipe()
    with PipedLines(read).open() as keyboard:
        os.write(write, "y\r\n\n  no, 太长 \n".encode())
        assert await soon(keyboard.key()) == "y"
        assert await soon(keyboard.line()) == ""
        keyboard.forget()
        assert await soon(keyboard.key()) == "no, 太长"
        os.write(write, b"last")
        os.close(write)
        assert await soon(keyboard.line()) == "last"
        assert await soon(keyboard.line()) is None
        assert await soon(keyboard.key()) == ""
    os.close(read)


async def test_terminals_have_keys_and_files_have_lines(terminal, tmp_path):
    with open_keyboard(terminal[1]) as keyboard:
        assert keyboard.live
    (tmp_path / "answers").write_text("y\n")
    with (tmp_path / "answers").open() as file, open_keyboard(file.fileno()) as keyboard:
        assert not keyboard.live
        assert await soon(keyboard.key()) == "y"
