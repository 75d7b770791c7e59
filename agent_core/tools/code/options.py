"""The section `[code]` of the connections: which sandbox runs generated code, and what it may use and reach."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from agent_core.tools.code.sandbox import MEGABYTE, Limits

#: a host by its name, without scheme, port or path; `*.` before it means every name below it
HostName = Annotated[
    str,
    StringConstraints(to_lower=True, pattern=r"^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z][a-z0-9-]{0,62}$"),
]


class CodeOptions(BaseModel):
    """How generated code runs."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    sandbox: Literal["auto", "bubblewrap", "docker", "podman", "monty", "off"] = "auto"
    #: as whom code runs when Nod is root
    user: Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")] = "nobody"
    #: the container's image, for docker and podman: with python, and pytest if tests are to run
    image: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-zA-Z0-9._/:@-]*$", max_length=255)] = (
        "python:3.13-slim"
    )
    #: an index of packages; without one, code that wants packages is refused
    packages: Annotated[str, StringConstraints(pattern=r"^https?://[^\s@?#]+$")] | None = None
    #: further hosts that the index's files lie on
    package_hosts: tuple[HostName, ...] = ()
    #: whom code may ask to reach; each call names its own, and people see them
    hosts: tuple[HostName, ...] = ()
    seconds: Annotated[float, Field(gt=0, le=3600)] = 120
    memory_mb: Annotated[int, Field(ge=64, le=1_000_000)] = 1024
    processes: Annotated[int, Field(ge=4, le=4096)] = 64
    workspace_mb: Annotated[int, Field(ge=16, le=100_000)] = 256

    @property
    def limits(self) -> Limits:
        """What one run of code may use."""
        return Limits(
            seconds=self.seconds,
            cpu_seconds=int(self.seconds) + 1,
            memory=self.memory_mb * MEGABYTE,
            processes=self.processes,
            workspace=self.workspace_mb * MEGABYTE,
        )
