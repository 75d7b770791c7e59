"""Ways to files of the host, and to disks that are not for the code."""

import ctypes
import os
import struct

from .trying import attempt, call, finds, read


@attempt()
def read_a_file_by_its_path(world):
    return finds(world, read(world["secret"]))


@attempt()
def list_a_folder_of_the_host(world):
    return os.path.basename(world["secret"]) in os.listdir(os.path.dirname(world["secret"]))


@attempt()
def read_through_the_root_of_the_first_process(world):
    return finds(world, read(f"/proc/{world['victim']}/root{world['secret']}"))


@attempt()
def read_through_the_folder_of_a_parent(world):
    return world["mark"] in "".join(os.listdir(f"/proc/{world['victim']}/cwd/"))


@attempt()
def read_through_many_dots(world):
    return finds(world, read("../" * 40 + world["secret"].lstrip("/")))


@attempt()
def read_through_a_link_in_the_workspace(world):
    os.symlink(world["secret"], "way")
    return finds(world, read("way"))


@attempt()
def read_through_a_hard_link(world):
    os.link(world["linkable"], os.path.join(world["beside"] or ".", "hard"))
    return True


@attempt()
def read_from_an_opened_root(world):
    root = os.open("/", os.O_RDONLY)
    above = os.open("..", os.O_RDONLY, dir_fd=root)
    return finds(world, read(f"/proc/self/fd/{above}{world['secret']}"))


@attempt()
def take_a_handle_that_needs_no_path(world):
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + b"\0" * 128)
    call("name_to_handle_at", -100, b".", handle, ctypes.byref(ctypes.c_int()), 0)
    return True


def writes(folder):
    path = os.path.join(folder, "escaped")
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    os.unlink(path)
    return True


@attempt()
def write_to_the_root(world):
    return writes(world["folders"]["root"])


@attempt()
def write_to_the_devices(world):
    return writes(world["folders"]["devices"])


@attempt()
def write_to_the_settings(world):
    return writes(world["folders"]["settings"])


@attempt()
def write_to_the_programs(world):
    return writes(world["folders"]["programs"])


@attempt()
def write_to_the_packages(world):
    return writes(world["folders"]["packages"])


@attempt()
def write_to_what_runs(world):
    return writes(world["folders"]["run"])


@attempt("namespace")
def mount_a_disk(world):
    call("mount", b"none", b".", b"tmpfs", 0, None)
    return True


@attempt("namespace")
def mount_a_folder_anew(world):
    call("mount", b".", b".", None, 4096 | 16384, None)  # MS_BIND, MS_REC
    return True


@attempt("namespace")
def take_away_a_mount(world):
    if world["inside"]:
        call("umount2", b"/dev/null", 2)
        return True
    call("mount", b"none", b".", b"tmpfs", 0, None)
    call("umount2", os.getcwd().encode(), 2)
    return True


@attempt("namespace")
def copy_the_tree_of_mounts(world):
    return call("open_tree", -100, b"/", 0x8001) >= 0  # OPEN_TREE_CLONE, AT_RECURSIVE


@attempt("namespace")
def open_a_kind_of_disk(world):
    return call("fsopen", b"tmpfs", 0) >= 0


@attempt("namespace")
def change_the_root(world):
    return call("chroot", b".") == 0


@attempt()
def open_by_rules_no_filter_sees(world):
    how = struct.pack("QQQ", os.O_CREAT | os.O_WRONLY, 0o4755, 0)
    return call("openat2", -100, b"set", how, len(how)) >= 0
