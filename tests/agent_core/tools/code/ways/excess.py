"""Ways to take more than the limits say, which are in the world."""

import ctypes
import mmap
import os
import resource
import signal
import threading

from .trying import LIBC, attempt


@attempt()
def start_too_many_processes(world):
    children = []
    try:
        for _ in range(world["processes"] + 20):
            child = os.fork()
            if child == 0:
                signal.pause()
            children.append(child)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return True


@attempt()
def start_too_many_threads(world):
    done = threading.Event()
    threads = [threading.Thread(target=done.wait) for _ in range(world["processes"] + 20)]
    begun = []
    try:
        for thread in threads:
            thread.start()
            begun.append(thread)
    except RuntimeError:
        return False
    finally:
        done.set()
        for thread in begun:
            thread.join()
    return True


@attempt()
def take_too_much_memory(world):
    bytearray(world["memory"] * 3)
    return True


@attempt()
def fill_the_workspace(world):
    return fills(".", world["disk"] + 4_000_000)


@attempt()
def fill_the_temporary_folder(world):
    return fills(world["temporary"], world["disk"] + 4_000_000)


@attempt()
def fill_the_shared_memory(world):
    return fills(world["shared"], world["disk"] + 4_000_000)


@attempt()
def fill_the_workspace_with_files_that_have_no_name(world):
    return fills(".", world["disk"] + 4_000_000, unlinked=True)


def fills(folder, size, *, unlinked=False):
    """Write so much in files of one megabyte."""
    names, opened = [], []
    try:
        for number in range(size // 1_000_000 + 1):
            path = os.path.join(folder, f"fill{number}")
            file = open(path, "wb", buffering=0)  # noqa: SIM115
            opened.append(file)
            if unlinked:
                os.unlink(path)
            else:
                names.append(path)
            if file.write(b"x" * 1_000_000) < 1_000_000:
                return False
        return True
    finally:
        for file in opened:
            file.close()
        for name in names:
            os.unlink(name)


@attempt()
def write_a_file_too_large(world):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with open("large", "wb") as file:
        file.truncate(world["file"] + 1)
    os.unlink("large")
    return True


@attempt()
def open_too_many_files(world):
    opened = []
    try:
        for _ in range(300):
            opened.append(os.open("/dev/null", os.O_RDONLY))  # noqa: PERF401
    finally:
        for each in opened:
            os.close(each)
    return True


@attempt()
def lock_memory(world):
    area = mmap.mmap(-1, 1_000_000, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    address = ctypes.addressof(ctypes.c_char.from_buffer(area))
    return LIBC.mlock(ctypes.c_void_p(address), ctypes.c_size_t(1_000_000)) == 0


@attempt()
def raise_its_own_limits(world):
    _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    resource.setrlimit(resource.RLIMIT_NPROC, (hard, hard))
    return hard == resource.RLIM_INFINITY or hard > world["processes"]


@attempt()
def leave_the_image_of_a_crash(world):
    return resource.getrlimit(resource.RLIMIT_CORE)[1] != 0
