"""The first program inside the sandbox: fills the workspace, hands its folders out, sets limits, becomes the code.

It runs alone, by `python -c`, so it imports only what that Python has in any case, and nothing of Nod's. Its text
is an argument of the command, because a file of Nod's may lie where the sandbox's user cannot read.
"""

import _socket
import os
import resource
import sys
from types import TracebackType

WORKSPACE, TEMPORARY, SHARED = "/work", "/tmp", "/dev/shm"  # noqa: S108  (inside, each is a disk of its own)
FOLDERS = (WORKSPACE, TEMPORARY, SHARED, "/proc")  # in the order in which they are handed out
PROXY = "/run/proxy"  # where the proxy listens, if the network is allowed
PROXY_PORT = 3128  # inside, where nothing else listens
PROXY_URL = f"http://127.0.0.1:{PROXY_PORT}"
NOT_FOUND, NOT_RUN = 127, 126  # as a shell says it
_CANNOT_OPEN = 2  # as python says it
_SIGPIPE, _SIGXFSZ, _DEFAULT = 13, 25, 0  # on every architecture that a filter is known for
_NICE = 10
_CHUNK = 1024 * 1024


def main() -> None:
    """Become the command: `CONTROL,FILES,PROXY,LIMITS… COMMAND…`; the first two are descriptors, then 1 or 0."""
    if not sys.path[0]:
        del sys.path[0]  # the workspace, whose files could take the names of modules
    numbers, command = [int(each) for each in sys.argv[1].split(",")], sys.argv[2:]
    control = _socket.socket(fileno=numbers[0])
    control.sendmsg([b"."], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, _opened())])
    control.close()
    _unpack(numbers[1], WORKSPACE)
    os.chdir(WORKSPACE)
    if numbers[2]:
        _forward()
    _limit(numbers[3:])
    if runs_file(command):
        _run(command[1:])
        return
    for ignored in (_SIGPIPE, _SIGXFSZ):  # by Python, but not by the programs that it becomes
        sys.modules["_signal"].signal(ignored, _DEFAULT)  # as `signal` does, which takes milliseconds to import
    _become(command)


def _opened() -> bytes:
    numbers = [os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) for folder in FOLDERS]
    return b"".join(number.to_bytes(4, sys.byteorder) for number in numbers)


def _unpack(descriptor: int, root: str) -> None:
    """Write the files: for each a line with its size and its path, then its bytes. Paths were checked outside."""
    with os.fdopen(descriptor, "rb") as packed:
        while line := packed.readline():
            size, path = line.decode().rstrip("\n").split(" ", 1)
            where = f"{root}/{path}"
            os.makedirs(os.path.dirname(where), exist_ok=True)  # noqa: PTH103, PTH120  (pathlib takes long to import)
            with open(where, "wb") as file:  # noqa: PTH123
                left = int(size)
                while left:
                    left -= file.write(packed.read(min(left, _CHUNK)))


def _forward() -> None:
    """Leave a process behind that carries what comes to PROXY_PORT to the proxy, for programs know no Unix sockets."""
    import socket  # noqa: PLC0415  (these take milliseconds, and most code has no network)
    import threading  # noqa: PLC0415

    server = socket.create_server(("127.0.0.1", PROXY_PORT))
    if os.fork():
        server.close()
        os.wait()
        return
    if os.fork():  # twice, so that the code has no child that it did not make
        os._exit(0)
    nothing = os.open("/dev/null", os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    while True:
        client, _ = server.accept()
        proxy = socket.socket(socket.AF_UNIX)
        try:
            proxy.connect(PROXY)
        except OSError:
            client.close()  # too many at once, or it is over
            continue
        for pair in ((client, proxy), (proxy, client)):
            threading.Thread(target=_pour, args=pair, daemon=True).start()


def _pour(source: _socket.socket, target: _socket.socket) -> None:
    try:
        while chunk := source.recv(_CHUNK):
            target.sendall(chunk)
        target.shutdown(_socket.SHUT_WR)
    except OSError:
        pass  # one of them is gone; what there is to say, the other side says


def _limit(limits: list[int]) -> None:
    """Set what binds each process. Inside, so that processes are counted apart from others of the same user."""
    cpu, memory, processes, file, descriptors = limits
    for which, most in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_FSIZE, file),
        (resource.RLIMIT_NOFILE, descriptors),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        _, hard = resource.getrlimit(which)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (least, least))
    os.nice(_NICE)
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:  # noqa: PTH123
        score.write("1000")  # should the machine run out of memory, then this goes first


def runs_file(command: list[str]) -> bool:
    """Say whether a command is Python and a file: that this process can run itself, instead of another Python."""
    return command[0] == "python" and len(command) > 1 and not command[1].startswith("-")


def _run(arguments: list[str]) -> None:
    """Run a Python file as the main program, as `python FILE …` would: to start another takes as long again."""
    path = os.path.abspath(arguments[0])  # noqa: PTH100
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            source = file.read()
    except OSError as error:
        os.write(2, f"python: can't open file '{path}': {error.strerror}\n".encode())
        os._exit(_CANNOT_OPEN)
    program: list[object] = []
    usual = sys.excepthook

    def told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        while trace is not None and trace.tb_frame.f_code not in program:
            trace = trace.tb_next  # what is above the program is ours
        usual(kind, error.with_traceback(trace), trace)

    sys.excepthook, sys.argv = told, arguments
    sys.path.insert(0, os.path.dirname(path))  # noqa: PTH120
    names = sys.modules["__main__"].__dict__
    kept = {name: names.get(name) for name in ("__name__", "__builtins__", "__loader__")}
    code = compile(source, path, "exec", dont_inherit=True)
    program.append(code)
    names.clear()  # from here on nothing of this text has a name any more
    names.update(kept, __file__=path, __doc__=None, __package__=None, __spec__=None, __cached__=None)
    exec(code, names)  # noqa: S102


def _become(command: list[str]) -> None:
    try:
        os.execvp(command[0], command)  # noqa: S606
    except FileNotFoundError:
        os.write(2, f"{command[0]}: there is no such program here.\n".encode())
        os._exit(NOT_FOUND)
    except OSError as error:
        os.write(2, f"{command[0]} cannot be run: {error.strerror}.\n".encode())
        os._exit(NOT_RUN)


if __name__ == "__main__":
    main()
