"""Ways to more rights, to other namespaces, and to processes of the host."""

import ctypes
import os
import signal
import struct

from .trying import attempt, call, finds, read


@attempt()
def make_a_program_set_user(world):
    open("a", "w").close()
    os.chmod("a", 0o4755)
    return bool(os.stat("a").st_mode & 0o4000)


@attempt()
def make_a_descriptor_set_user(world):
    with open("b", "w") as file:
        os.fchmod(file.fileno(), 0o4755)
    return bool(os.stat("b").st_mode & 0o4000)


@attempt()
def make_a_folder_set_group(world):
    os.mkdir("c")
    os.chmod("c", 0o2755)
    return bool(os.stat("c").st_mode & 0o2000)


@attempt()
def create_a_program_set_user(world):
    os.umask(0)
    os.close(os.open("d", os.O_CREAT | os.O_WRONLY, 0o4755))
    return bool(os.stat("d").st_mode & 0o4000)


@attempt()
def gain_rights_by_running_a_program(world):
    return "NoNewPrivs:\t0" in read("/proc/self/status").decode()


@attempt("namespace")
def hold_capabilities(world):
    status = read("/proc/self/status").decode()
    return int(status.split("CapEff:")[1].split()[0], 16) != 0


@attempt("namespace")
def become_root(world):
    os.setuid(0)
    return os.getuid() == 0


@attempt("root")
def become_another_user(world):
    os.setuid(12345)
    return os.getuid() == 12345


@attempt("root")
def change_groups(world):
    os.setgroups([0])
    return True


@attempt("root")
def go_before_all_others(world):
    os.setpriority(os.PRIO_PROCESS, 0, -15)
    return True


@attempt()
def make_a_user_namespace(world):
    return call("unshare", 0x10000000) == 0


@attempt("namespace")
def make_a_mount_namespace(world):
    return call("unshare", 0x00020000) == 0


@attempt()
def clone_into_a_user_namespace(world):
    child = call("clone", ctypes.c_ulong(0x10000000 | signal.SIGCHLD), None, None, None, None)
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return True


@attempt()
def clone_by_rules_no_filter_sees(world):
    arguments = struct.pack("8Q", 0x10000000, 0, 0, 0, signal.SIGCHLD, 0, 0, 0)
    child = call("clone3", arguments, len(arguments))
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return True


@attempt("namespace")
def join_a_namespace(world):
    descriptor = os.open("/proc/self/ns/uts", os.O_RDONLY)
    return call("setns", descriptor, 0) == 0


@attempt("root")
def rename_the_machine(world):
    name = os.uname().nodename.encode()
    return call("sethostname", name, len(name)) == 0


@attempt()
def find_a_variable_of_its_own(world):
    return world["mark"] in "".join(os.environ.values())


@attempt()
def find_a_variable_of_the_first_process(world):
    return finds(world, read(f"/proc/{world['victim']}/environ"))


@attempt()
def find_a_variable_of_any_process(world):
    found = b""
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                found += read(f"/proc/{name}/environ")
            except OSError:
                continue
    return finds(world, found)


@attempt()
def see_a_process_of_the_host(world):
    seen = [read(f"/proc/{name}/cmdline") for name in os.listdir("/proc") if name == str(world["victim"])]
    return finds(world, b"".join(seen))


@attempt()
def see_many_processes(world):
    return len([name for name in os.listdir("/proc") if name.isdigit()]) > 5


@attempt()
def signal_a_process_of_the_host(world):
    os.kill(world["victim"], 0)
    return finds(world, read(f"/proc/{world['victim']}/cmdline"))


@attempt()
def stop_a_process_of_the_host(world):
    os.kill(world["victim"], signal.SIGCONT)
    return finds(world, read(f"/proc/{world['victim']}/cmdline"))


@attempt()
def hold_a_process_of_the_host(world):
    call("pidfd_open", world["victim"], 0)
    return finds(world, read(f"/proc/{world['victim']}/cmdline"))


@attempt()
def read_the_memory_of_a_process_of_the_host(world):
    with open(f"/proc/{world['victim']}/maps") as file:
        return world["mark"] in file.read() or os.access(f"/proc/{world['victim']}/mem", os.R_OK)


@attempt()
def trace_itself(world):
    return call("ptrace", 0, 0, None, None) == 0


@attempt()
def read_the_memory_of_another_process(world):
    source = ctypes.create_string_buffer(b"x" * 8)
    target = ctypes.create_string_buffer(8)
    here = struct.pack("QQ", ctypes.addressof(target), 8)
    there = struct.pack("QQ", ctypes.addressof(source), 8)
    return call("process_vm_readv", os.getpid(), here, 1, there, 1, 0) == 8


@attempt()
def take_a_descriptor_of_another_process(world):
    return call("pidfd_getfd", call("pidfd_open", os.getpid(), 0), 0, 0) >= 0


@attempt()
def compare_processes(world):
    return call("kcmp", os.getpid(), os.getpid(), 0, 0, 0) >= 0


@attempt()
def change_its_personality(world):
    return call("personality", 0x0040000) >= 0
