"""One turn or fill with a server: tries until there is an answer or no hope, and an account of every call it took."""

import asyncio
import json
import random
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from agent_core.domain import Usage
from agent_core.errors import CallCancelled, ModelError, ModelGarbled
from agent_core.i18n import N_, Phrase
from agent_core.language_model.client import Address, Client
from agent_core.language_model.endpoint import lessened
from agent_core.language_model.failures import Failure, Kind
from agent_core.language_model.patience import Patience
from agent_core.language_model.prices import cost_of
from agent_core.language_model.stream import Answer, Reading
from agent_core.language_model.tokens import estimate, estimate_prompt
from agent_core.language_model.wire import ROOM, Ask, body_of


class Talk:
    """One turn or fill. `usages` are its calls so far; `endpoint` is what the server is believed to take."""

    def __init__(self, client: Client, address: Address, patience: Patience, *, rehearsal: bool) -> None:
        self._client = client
        self._address = address
        self._patience = patience
        self._rehearsal = rehearsal
        self._ends = asyncio.get_running_loop().time() + patience.total
        self.usages: list[Usage] = []
        self.endpoint = client.endpoint

    async def ask(self, ask: Ask) -> Answer:
        """Return the model's answer, whatever is in it.

        Raises:
            ModelError: it refused, or there is none after all tries.
        """
        failures = 0
        while True:
            body = body_of(ask, self.endpoint, self._address.model)
            result = await self._send(body)
            if isinstance(result, Answer):
                self._learn(result)
                return result
            lesser = (
                lessened(self.endpoint, body, result.said, guess=result.guess) if result.said or result.guess else None
            )
            if lesser is not None and result.kind is not Kind.PASSING:
                self.endpoint = lesser
                continue
            failures += 1
            if result.kind is not Kind.PASSING or failures >= self._patience.tries:
                raise self._error(result)
            await self._wait(result, failures)

    @contextmanager
    def accounted(self) -> Generator[None]:
        """Have a caller that is cancelled within this told what its calls took, as CallCancelled."""
        try:
            yield
        except asyncio.CancelledError as error:
            cancelled = CallCancelled(*error.args)
            cancelled.usages = tuple(self.usages)
            raise cancelled from None

    def step_down(self) -> None:
        """Ask on the next rung from now on: what came on this one broke the schema."""
        self.endpoint = replace(self.endpoint, rung=self.endpoint.rung.lower)

    def keep_rung(self) -> None:
        """Remember the rung of the ladder too: an answer on it was good."""
        self._client.endpoint = self.endpoint

    def garbled(self, reason: str | Phrase) -> ModelGarbled:
        """Return the error of answers that stayed useless."""
        return self._charged(ModelGarbled(model=self._address.model, tries=self._patience.repairs + 1, reason=reason))

    def refused(self, reason: str) -> ModelError:
        """Return the error of an answer that says no."""
        return self._charged(Kind.REFUSED.error(model=self._address.model, reason=reason))

    async def _send(self, body: Mapping[str, Any]) -> Answer | Failure:
        unready = await self._client.ready()
        if unready is not None:
            return unready
        clock = asyncio.get_running_loop().time
        started = clock()
        seconds = min(self._patience.call, self._ends - started)
        if seconds <= 0:
            return Failure(Kind.PASSING, N_("no answer came in the time there is; try again."), reached=False)
        reading = Reading()
        try:
            result = await self._client.send(body, reading, seconds=seconds)
        except asyncio.CancelledError:  # a server bills what it did until then
            self.usages.append(self._usage(body, reading.answer(), clock() - started))
            raise
        if isinstance(result, Answer):
            self.usages.append(self._usage(body, result, clock() - started))
        elif result.reached:
            self.usages.append(self._usage(body, result.partial, clock() - started, failed=result))
        return result

    def _usage(
        self, body: Mapping[str, Any], answer: Answer | None, seconds: float, failed: Failure | None = None
    ) -> Usage:
        """Return what a call took. One turned away by a status is not billed; one that broke off may be: estimated."""
        model, counts = self._address.model, answer.counts if answer else None
        usage = Usage(model, 0, 0, cost=0.0, seconds=seconds, rehearsal=self._rehearsal)
        if counts is None and failed is not None and failed.status:
            return usage
        if counts is None:
            prompt, completion = estimate_prompt(body), _estimate_answer(answer) if answer else 0
            cost = cost_of(model, prompt=prompt, completion=completion)
            usage = replace(usage, prompt_tokens=prompt, completion_tokens=completion, cost=cost, estimated=True)
        else:
            cost = cost_of(
                model, prompt=counts.prompt, completion=counts.completion, cached=counts.cached, written=counts.written
            )
            usage = replace(usage, prompt_tokens=counts.prompt, completion_tokens=counts.completion)
            usage = replace(usage, cached_tokens=counts.cached, cost=cost)
        return replace(usage, cost=0.0) if self._rehearsal else usage

    def _learn(self, answer: Answer) -> None:
        """Remember what was taken, the rung aside: that counts only once its answer proved good."""
        completion = answer.counts.completion if answer.counts else 0
        if answer.cut and not (self.endpoint.room or self.endpoint.room_refused) and completion < ROOM // 2:
            self.endpoint = replace(self.endpoint, room="max_tokens")
        self._client.endpoint = replace(self.endpoint, rung=self._client.endpoint.rung)

    async def _wait(self, failure: Failure, failures: int) -> None:
        delay = self._patience.delay(failures) * random.uniform(0.75, 1.0)  # noqa: S311 (spreads tries, hides nothing)
        delay = max(delay, failure.retry_after or 0.0)
        if delay > self._ends - asyncio.get_running_loop().time():
            raise self._error(failure)
        await asyncio.sleep(delay)

    def _error(self, failure: Failure) -> ModelError:
        return self._charged(failure.kind.error(model=self._address.model, reason=failure.reason))

    def _charged(self, error: "ModelError | Any") -> Any:
        error.usages = tuple(self.usages)
        return error


def _estimate_answer(answer: Answer) -> int:
    calls = "".join(
        call.name + (call.arguments if isinstance(call.arguments, str) else json.dumps(call.arguments))
        for call in answer.calls
    )
    return estimate(answer.text + answer.refusal + calls)
