"""The numbers of the system calls that sandboxed code may not make, or not with every argument.

Source: Linux, include/uapi/asm-generic/unistd.h and arch/x86/entry/syscalls/syscall_64.tbl, version 6.6.
"""

from collections.abc import Mapping

#: by machine, as `os.uname` calls it: the AUDIT_ARCH that the kernel reports (include/uapi/linux/audit.h)
ARCHITECTURES: Mapping[str, int] = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

LAST_KNOWN = 461  # lsm_list_modules, the last in Linux 6.8; who invents a later call must not find it allowed

_COMMON = {  # the same on every architecture since Linux 5.1 gave new calls one number
    "clone3": 435, "fchmodat2": 452, "fsconfig": 431, "fsmount": 432, "fsopen": 430, "fspick": 433,
    "io_uring_enter": 426, "io_uring_register": 427, "io_uring_setup": 425, "listmount": 458,
    "map_shadow_stack": 453, "memfd_secret": 447, "mount_setattr": 442, "move_mount": 429, "open_tree": 428,
    "openat2": 437, "pidfd_getfd": 438, "process_madvise": 440, "quotactl_fd": 443, "statmount": 457,
}  # fmt: skip

NUMBERS: Mapping[str, Mapping[str, int]] = {
    "x86_64": {
        **_COMMON,
        "_sysctl": 156, "acct": 163, "add_key": 248, "adjtimex": 159, "bpf": 321, "chmod": 90, "chroot": 161,
        "clock_adjtime": 305, "clock_settime": 227, "clone": 56, "creat": 85, "delete_module": 176,
        "fanotify_init": 300, "fchmod": 91, "fchmodat": 268, "finit_module": 313, "init_module": 175, "ioctl": 16,
        "ioperm": 173, "iopl": 172, "kcmp": 312, "kexec_file_load": 320, "kexec_load": 246, "keyctl": 250,
        "lookup_dcookie": 212, "memfd_create": 319, "mknod": 133, "mknodat": 259, "mmap": 9, "modify_ldt": 154,
        "mount": 165, "mq_getsetattr": 245, "mq_notify": 244, "mq_open": 240, "mq_timedreceive": 243,
        "mq_timedsend": 242, "mq_unlink": 241, "msgctl": 71, "msgget": 68, "msgrcv": 70, "msgsnd": 69,
        "name_to_handle_at": 303, "nfsservctl": 180, "open": 2, "open_by_handle_at": 304, "openat": 257,
        "perf_event_open": 298, "personality": 135, "pivot_root": 155, "process_vm_readv": 310,
        "process_vm_writev": 311, "ptrace": 101, "quotactl": 179, "reboot": 169, "request_key": 249, "semctl": 66,
        "semget": 64, "semop": 65, "semtimedop": 220, "setdomainname": 171, "sethostname": 170, "setns": 308,
        "settimeofday": 164, "shmat": 30, "shmctl": 31, "shmdt": 67, "shmget": 29, "socket": 41, "swapoff": 168,
        "swapon": 167, "sysfs": 139, "syslog": 103, "umount2": 166, "unshare": 272, "uselib": 134,
        "userfaultfd": 323, "ustat": 136, "vhangup": 153,
    },
    "aarch64": {
        **_COMMON,
        "acct": 89, "add_key": 217, "adjtimex": 171, "bpf": 280, "chroot": 51, "clock_adjtime": 266,
        "clock_settime": 112, "clone": 220, "delete_module": 106, "fanotify_init": 262, "fchmod": 52,
        "fchmodat": 53, "finit_module": 273, "init_module": 105, "ioctl": 29, "kcmp": 272, "kexec_file_load": 294,
        "kexec_load": 104, "keyctl": 219, "lookup_dcookie": 18, "memfd_create": 279, "mknodat": 33, "mmap": 222,
        "mount": 40, "mq_getsetattr": 185, "mq_notify": 184, "mq_open": 180, "mq_timedreceive": 183,
        "mq_timedsend": 182, "mq_unlink": 181, "msgctl": 187, "msgget": 186, "msgrcv": 188, "msgsnd": 189,
        "name_to_handle_at": 264, "nfsservctl": 42, "open_by_handle_at": 265, "openat": 56, "perf_event_open": 241,
        "personality": 92, "pivot_root": 41, "process_vm_readv": 270, "process_vm_writev": 271, "ptrace": 117,
        "quotactl": 60, "reboot": 142, "request_key": 218, "semctl": 191, "semget": 190, "semop": 193,
        "semtimedop": 192, "setdomainname": 162, "sethostname": 161, "setns": 268, "settimeofday": 170,
        "shmat": 196, "shmctl": 195, "shmdt": 197, "shmget": 194, "socket": 198, "swapoff": 225, "swapon": 224,
        "syslog": 116, "umount2": 39, "unshare": 97, "userfaultfd": 282, "vhangup": 58,
    },
}  # fmt: skip
