"""Ways through the kernel, the network, and memory that others share."""

import ctypes
import errno
import mmap
import os
import socket
import struct

from .trying import LIBC, attempt, call, finds, read

REMOVE = 0  # IPC_RMID: where an attempt works, it leaves nothing behind that the next run would meet


@attempt()
def look_at_the_devices_of_the_kernel(world):
    return bool(os.listdir("/sys/kernel"))


@attempt()
def look_at_control_groups(world):
    return bool(os.listdir("/sys/fs/cgroup"))


@attempt()
def find_another_device(world):
    return bool(set(os.listdir("/dev")) - {"null", "urandom", "random", "shm", "fd", "stdin", "stdout", "stderr"})


@attempt()
def open_a_terminal(world):
    os.close(os.open("/dev/ptmx", os.O_RDWR))
    return True


@attempt()
def type_into_a_terminal(world):
    # no terminal is there; where the filter does not look, the kernel says so
    result = LIBC.ioctl(0, 0x5412, ctypes.byref(ctypes.c_char(b"x")))
    return result == 0 or ctypes.get_errno() != errno.EPERM


@attempt("root")
def set_the_kernel(world):
    os.close(os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY))
    return True


@attempt("root")
def read_what_the_kernel_says(world):
    return call("syslog", 3, ctypes.create_string_buffer(64), 64) >= 0


@attempt("root")
def load_a_module(world):
    try:
        call("init_module", b"x", 1, b"")
    except OSError as error:
        return error.errno != errno.EPERM
    return True


@attempt("root")
def load_a_program_into_the_kernel(world):
    code = struct.pack("=Q", 0xB7) + struct.pack("=Q", 0x95)  # r0 = 0; exit
    code, licence = ctypes.create_string_buffer(code), ctypes.create_string_buffer(b"GPL")
    what = struct.pack("=IIQQIIQ", 1, 2, ctypes.addressof(code), ctypes.addressof(licence), 0, 0, 0) + b"\0" * 80
    return call("bpf", 5, what, len(what)) >= 0


@attempt("root")
def watch_the_processor(world):
    event = struct.pack("=II", 1, 112) + struct.pack("=Q", 0) + b"\0" * 96
    return call("perf_event_open", event, 0, -1, -1, 0) >= 0


@attempt("root")
def handle_faults_of_memory(world):
    return call("userfaultfd", 0) >= 0


@attempt("root")
def watch_all_files(world):
    return call("fanotify_init", 0, 0) >= 0


@attempt()
def work_past_the_filter(world):
    return call("io_uring_setup", 4, ctypes.create_string_buffer(120)) >= 0


@attempt()
def join_a_keyring(world):
    return call("keyctl", 1, None) >= 0


@attempt()
def keep_a_key(world):
    return call("add_key", b"user", b"nod-escape", b"x", 1, -3) >= 0


@attempt()
def ask_for_a_key(world):
    try:
        call("request_key", b"user", b"nod-no-such-key", None, -3)
    except OSError as error:
        return error.errno != errno.EPERM
    return True


@attempt()
def connect_to_the_host(world):
    socket.create_connection(("127.0.0.1", world["tcp"]), 2).close()
    return True


@attempt()
def ask_the_host_by_datagram(world):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(2)
        client.sendto(b"ping", ("127.0.0.1", world["udp"]))
        return client.recv(10) == b"pong"


@attempt()
def connect_to_a_socket_without_a_file(world):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + world["mark"])
        return True


@attempt()
def connect_to_a_socket_with_a_file(world):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(world["unix"])
        return True


@attempt()
def talk_to_the_kernel_s_network(world):
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()
    return True


@attempt("root")
def hear_all_packets(world):
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    return True


@attempt("root")
def forge_packets(world):
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
    return True


@attempt()
def speak_past_the_machine(world):
    socket.socket(40, socket.SOCK_STREAM).close()  # AF_VSOCK
    return True


@attempt()
def learn_who_resolves_names(world):
    return bool(read("/etc/hosts"))


@attempt()
def attach_shared_memory(world):
    return call("shmget", world["shm"], 0, 0) >= 0


@attempt()
def make_shared_memory(world):
    call("shmctl", call("shmget", 0, 4096, 0o1600), REMOVE, 0)
    return True


@attempt()
def make_a_queue(world):
    call("msgctl", call("msgget", 0, 0o1600), REMOVE, 0)
    return True


@attempt()
def make_semaphores(world):
    call("semctl", call("semget", 0, 1, 0o1600), 0, REMOVE)
    return True


@attempt()
def open_a_queue_by_name(world):
    call("mq_open", world["mark"].encode(), os.O_CREAT | os.O_RDWR, 0o600, None)
    call("mq_unlink", world["mark"].encode())
    return True


@attempt()
def read_shared_memory_by_name(world):
    return finds(world, read(f"/dev/shm/{world['mark']}"))


@attempt()
def make_memory_without_a_name(world):
    return call("memfd_create", b"x", 0) >= 0


@attempt()
def make_memory_that_outlives_its_mapping(world):
    mmap.mmap(-1, 4096).close()
    return True


@attempt()
def map_the_device_of_zeros(world):
    descriptor = os.open("/dev/zero", os.O_RDWR)
    mmap.mmap(descriptor, 4096).close()
    return True
