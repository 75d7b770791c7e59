"""Tools: async functions with typed arguments and a Risk, and the box that holds them by name."""

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from traceback import extract_tb
from typing import Any, Protocol, Self, TypeVar

import structlog

from agent_core.domain import ANY_FILE, Actor, Observation, Origin, Preview, Risk
from agent_core.errors import (
    NodError,
    OutcomeUncertain,
    ToolBrokenOff,
    ToolError,
    ToolFailed,
    ToolRefused,
    ToolUncertain,
    ToolUnknown,
)
from agent_core.i18n import N_, Phrase, sentence
from agent_core.ports import ToolSpec
from agent_core.tools.arguments import Parameters, TypedParameters
from agent_core.tools.workspace import Workspace

SECONDS = 60.0  # a Tool's timeout unless it says otherwise
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")  # OpenAI API reference, tools[].function.name

T = TypeVar("T")
ToolFunction = Callable[..., Awaitable[Observation]]
PreviewFunction = Callable[..., Awaitable[Preview]]
Connects = Callable[[Mapping[str, Any]], bool]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ToolContext:
    """Where a ToolCall runs. `untrusted_paths` are workspace files from outside, `untrusted_digests` their contents.

    `basis` is that of the Preview people decided on, for a Tool that keeps to it; empty when anything goes.
    `decided`: a person decided on this very call, so that content from outside may leave with it. `origin` and `actor`:
    where the Run was asked, and by whom. `step_id`: the Step whose call runs, the same however often that is tried;
    empty in a preview. `zone`: the time zone that days are meant in.
    """

    run_id: str
    workspace: Workspace
    untrusted_paths: frozenset[str]
    language: str
    untrusted_digests: frozenset[str] = frozenset()
    basis: str = ""
    decided: bool = False
    origin: Origin | None = None
    actor: Actor | None = None
    step_id: str = ""
    zone: str = "UTC"

    def trusts(self, path: str, digest: str) -> bool:
        """Say whether a file of the workspace is trusted: neither its path nor its content is known from outside."""
        return self.untrusted_paths.isdisjoint((path, ANY_FILE)) and digest not in self.untrusted_digests


@dataclass(frozen=True, eq=False)
class Tool:
    """A named capability with typed arguments and a Risk. `timeout` in seconds; make one with `tool`.

    `outside`: its target can carry data out, and what it returns came from outside, hence is untrusted.
    `connects`: says of the arguments of one call whether that is so of it, where it is not so of all.
    `keeps_basis`: it looks itself, in the act, whether `context.basis` still holds, and raises BasisChanged if not.
    `offered`: models are told of it, and may call it; of others only Nod itself proposes calls.
    `described_by`: whose words its description is, if somebody's outside.
    """

    name: str
    description: str
    risk: Risk
    outside: bool
    timeout: float
    parameters: Parameters = field(repr=False)
    function: ToolFunction = field(repr=False)
    previewer: PreviewFunction | None = field(repr=False, default=None)
    keeps_basis: bool = False
    offered: bool = True
    described_by: str = ""
    connects: Connects | None = field(repr=False, default=None)

    @cached_property
    def spec(self) -> ToolSpec:
        """The Tool as a model is told of it."""
        return ToolSpec(self.name, self.description, self.parameters.schema, runs_code=self.risk is Risk.EXECUTE)

    def validate(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of a ToolCall: whole, as JSON values, in their one form.

        Raises:
            ToolArgumentsInvalid: with a sentence for the model and for people.
        """
        return self.parameters.normalised(arguments)

    async def preview(self, context: ToolContext, arguments: Mapping[str, Any]) -> Preview:
        """Return what a person is shown of the call before it runs.

        Raises:
            ToolError: the call could not do what it says, so nobody needs to be asked.
        """
        typed = self.parameters.parse(arguments)
        if self.previewer is None:
            return Preview()
        try:
            return await self._told(context, self.previewer(context, **typed), Preview, ToolFailed)
        except ToolError:
            raise
        except NodError as error:
            failed = ToolFailed(tool=self.name, reason=error)
            failed.foreign = error.foreign
            raise failed from error

    async def run(self, context: ToolContext, arguments: Mapping[str, Any]) -> Observation:
        """Run the call. Whatever goes wrong is an Observation that is not ok and says so in a sentence.

        Raises:
            OutcomeUncertain: nobody knows whether it took effect, and it matters, so that people must be asked.
        """
        try:
            typed = self.parameters.parse(arguments)
            broken = self._broken_off(arguments)
            observation = await self._told(context, self.function(context, **typed), Observation, broken)
        except NodError as error:
            if isinstance(error, OutcomeUncertain) and self.risk is not Risk.READ:
                raise
            observation = Observation(sentence(error, context.language), ok=False)
        if self.outside and observation.trusted:
            # a Tool of somebody else's that forgets to say so must not open the way around people
            observation = replace(observation, trusted=False, sources=observation.sources or (f"tool {self.name}",))
        return replace(observation, text=_encodable(observation.text), answer=_encodable(observation.answer))

    def _broken_off(self, arguments: Mapping[str, Any]) -> type[ToolFailed]:
        """Return what a call is that came to no proper end: for people, where nobody here can look what it did."""
        if self.risk is Risk.READ:
            return ToolFailed
        connects = self.outside or (self.connects is not None and self.connects(arguments))
        return ToolUncertain if self.risk is Risk.SEND or (self.risk is Risk.EXECUTE and connects) else ToolBrokenOff

    async def _told(self, context: ToolContext, work: Awaitable[T], kind: type[T], broken: type[ToolFailed]) -> T:
        """Await `work` within the timeout; what it raises that is no sentence of ours is `broken`, in one."""
        limit = asyncio.timeout(self.timeout)
        try:
            async with limit:
                result = await work
        except NodError:
            raise
        except asyncio.CancelledError as error:
            own = asyncio.current_task()
            if own and own.cancelling():
                raise
            # nobody cancelled this: something that the Tool waited for was, and it would be so again
            raise broken(tool=self.name, reason=N_("it gave up in the middle.")) from error
        except Exception as error:  # whatever a Tool raises, the run goes on
            if limit.expired():
                reason = Phrase(N_("it took longer than {seconds:g} seconds."), seconds=self.timeout)
                raise broken(tool=self.name, reason=reason) from None
            frame = extract_tb(error.__traceback__)[-1]
            kind_of_error = type(error).__name__
            at = f"{frame.filename}:{frame.lineno}"  # not the error's own words: they can hold contents
            log.warning("tool_raised", run_id=context.run_id, tool=self.name, error=kind_of_error, at=at)
            reason = Phrase(N_("it met an error it did not expect ({kind}); the log says where."), kind=kind_of_error)
            raise broken(tool=self.name, reason=reason) from error
        if not isinstance(result, kind):
            pattern = N_("it returned {found} instead of {wanted}; its author must mend that.")
            reason = Phrase(pattern, found=type(result).__name__, wanted=kind.__name__)
            raise broken(tool=self.name, reason=reason)
        return result


def tool(
    *,
    risk: Risk,
    outside: bool = True,
    timeout: float = SECONDS,
    preview: PreviewFunction | None = None,
    keeps_basis: bool = False,
    offered: bool = True,
    name: str = "",
    connects: Connects | None = None,
) -> Callable[[ToolFunction], Tool]:
    """Make a Tool of an async function, in one line.

    For example `write_file = tool(risk=Risk.WRITE, outside=False, preview=_preview_write)(_write_file)`.

    The function takes a ToolContext, then its arguments, each `Annotated[type, Field(description=…)]`. Its docstring
    tells the model what it does. `preview` takes the same. Say `outside=False` only of a Tool that reaches nothing
    beyond this run's workspace and thread (`connects` tells which of its calls do), `keeps_basis=True` only of one that
    checks `context.basis` in the act, and `offered=False` of one that no model is to call.

    Raises:
        TypeError: the function is not of that form.
    """

    def make(function: ToolFunction) -> Tool:
        called = name or function.__name__.lstrip("_")
        if not TOOL_NAME.fullmatch(called):
            raise TypeError(f"{called!r} is no name for a tool; use up to 64 letters, digits, _ and -.")
        if not inspect.iscoroutinefunction(function):
            raise TypeError(f"{called}: a tool is an async function.")
        description = " ".join((inspect.getdoc(function) or "").split())
        if not description:
            raise TypeError(f"{called}: a tool needs a docstring that tells the model what it does.")
        parameters = TypedParameters.of(called, function)
        made = Tool(called, description, risk, outside, timeout, parameters, function, preview, keeps_basis, offered)
        return replace(made, connects=connects)

    return make


class ToolSource(Protocol):
    """Tools that come and go while Nod is open. Their names are taken by no other Tool."""

    @property
    def tools(self) -> Sequence[Tool]:
        """The Tools there are now."""
        ...

    @property
    def troubles(self) -> Mapping[str, str]:
        """What keeps Tools away, by name: an empty string, or a sentence that says what to do."""
        ...

    async def ready(self) -> None:
        """Return when the Tools are there, or known not to come soon. It begins what is needed for that."""
        ...


@dataclass(frozen=True)
class Toolbox(Mapping[str, Tool]):
    """The Tools there are, by name: those that are fixed, and a live view of those that come and go.

    A turn of the model is offered the `specs` of one moment, after `ready`.
    """

    _tools: Mapping[str, Tool] = field(default_factory=dict[str, Tool])
    _sources: tuple[ToolSource, ...] = ()

    @classmethod
    def of(cls, tools: Iterable[Tool]) -> Self:
        """Return the box of these Tools. Raises ToolRefused when two have one name."""
        return cls(_joined({}, tools, "Nod"))

    def with_tools(self, tools: Iterable[Tool], owner: str = "Nod") -> Self:
        """Return the box with these Tools of `owner`, too. Raises ToolRefused when one of their names is taken."""
        return replace(self, _tools=_joined(self._tools, tools, owner))

    def with_source(self, source: ToolSource) -> Self:
        """Return the box with the Tools of `source`, too, as they are whenever one looks."""
        return replace(self, _sources=(*self._sources, source))

    async def ready(self) -> None:
        """Return when the Tools that come and go are there, or known not to come soon."""
        for source in self._sources:
            await source.ready()

    @property
    def troubles(self) -> Mapping[str, str]:
        """What keeps Tools away, by name: an empty string, or a sentence that says what to do."""
        return {name: trouble for source in self._sources for name, trouble in source.troubles.items()}

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """The Tools as a model is told of them, always in the same order: a prompt cache begins with them."""
        tools = self._now()
        return tuple(tools[name].spec for name in _offered(tools))

    @property
    def describers(self) -> tuple[str, ...]:
        """Whose words from outside are among the `specs`."""
        tools = self._now()
        return tuple(dict.fromkeys(tools[name].described_by for name in _offered(tools) if tools[name].described_by))

    def named(self, name: str) -> Tool:
        """Return the Tool of that name. Raises ToolUnknown with a sentence that names those there are."""
        tools = self._now()
        if name not in tools:
            raise ToolUnknown(tool=name, known=", ".join(_offered(tools)))
        return tools[name]

    def offered(self, name: str) -> Tool:
        """Return the Tool of that name if models may call it. Raises ToolUnknown."""
        found = self.named(name)
        if not found.offered:
            raise ToolUnknown(tool=name, known=", ".join(_offered(self._now())))
        return found

    def _now(self) -> Mapping[str, Tool]:
        if not self._sources:
            return self._tools
        live = {tool.name: tool for source in reversed(self._sources) for tool in source.tools}
        return {**live, **self._tools}  # what is fixed, or was there first, is never replaced by what comes and goes

    def __getitem__(self, name: str) -> Tool:
        return self._now()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())


def _offered(tools: Mapping[str, Tool]) -> list[str]:
    return sorted(name for name, tool in tools.items() if tool.offered)


def _joined(tools: Mapping[str, Tool], more: Iterable[Tool], owner: str) -> dict[str, Tool]:
    joined = dict(tools)
    for each in more:
        if each.name in joined:
            raise ToolRefused(distribution=owner, reason=f"there is already a tool called {each.name}.")
        joined[each.name] = each
    return joined


def _encodable(text: str) -> str:
    """Return `text` with lone surrogates, which no journal can hold, replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")
