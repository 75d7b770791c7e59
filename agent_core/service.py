"""The Service: the only door for adapters. It takes goals, decisions and words, and gives back states and Cards."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from agent_core import deciding
from agent_core.asking import Attachment, checked_goal, checked_persona, checked_words, cleaned, recalled
from agent_core.cards import Verb
from agent_core.channels import usual_policy
from agent_core.deciding import Request
from agent_core.domain import Actor, FileRef, Origin, Policy, PolicyName
from agent_core.errors import FileRefused, GuestRefused, PolicyRefused, RunNotOver, StorageBusy, StorageFull
from agent_core.executor import Executor
from agent_core.folders import Folders
from agent_core.i18n import language_of
from agent_core.journal import events as e
from agent_core.journal.state import RunState
from agent_core.policy import is_approver, looser
from agent_core.ports import ChannelStore, ConversationStore, Dispatcher, OpenApproval, RunSummary, Said
from agent_core.recorder import Recorder
from agent_core.scheduling import Schedules
from agent_core.threads import Threads

POLL = 1.0  # seconds between looks for what another process appended


@dataclass(frozen=True, slots=True)
class Service:
    """Every door of Nod leads here. `policy` is the one Runs get when neither they nor their channel name one."""

    recorder: Recorder
    dispatcher: Dispatcher
    executor: Executor
    conversations: ConversationStore
    channels: ChannelStore
    threads: Threads
    schedules: Schedules
    policy: Policy
    guests_may_ask: bool = False

    @property
    def folders(self) -> Folders:
        """The folders of Runs."""
        return Folders(self.executor.workspace)

    @property
    def rehearsal(self) -> bool:
        """Whether the rehearsal model answers: scripted, no language model at all."""
        return self.executor.model.rehearsal

    # --- asking ---

    async def submit(
        self,
        goal: str,
        *,
        origin: Origin,
        actor: Actor,
        policy: PolicyName | None = None,
        key: str = "",
        attachments: Sequence[Attachment] = (),
        follows: str = "",
        persona: str = "",
        conversation: Sequence[Said] = (),
    ) -> str:
        """Start a Run for a Goal and return its id; with a `key` this person used before, that earlier Run's.

        A Run that `follows` another begins with a copy of its files and knows its result. `conversation` is what was
        said at the Origin before, if its platform knows better than Nod.

        Raises:
            GoalRefused: there is nothing in it to do, or too much.
            GuestRefused: the asker is of another organisation, whose people may not ask.
            FileRefused: an attachment cannot be kept.
            PolicyRefused: the asker may not choose a policy that asks less than the usual one.
            RunUnknown: there is no Run to follow.
            RunNotOver: the Run to follow is still under way.
        """
        goal, persona, key, run_id = checked_goal(goal), checked_persona(persona), cleaned(key), secrets.token_hex(5)
        if actor.guest and not self.guests_may_ask:
            raise GuestRefused
        # a key is its asker's own: nobody meets another's Run by guessing it
        key = f"{actor}:{key}" if key else ""
        known = await self.recorder.store.run_of(key) if key else ""
        if known:
            return known
        earlier = await self._followed(cleaned(follows)) if follows else None
        origin = origin if origin.thread else replace(origin, thread=earlier.origin.thread if earlier else run_id)
        name = await self._policy_name(origin, policy, actor)
        memory = recalled(earlier, conversation or await self.conversations.recent(origin))
        submitted = e.GoalSubmitted(
            goal=goal,
            origin=origin,
            actor=actor,
            policy=replace(self.policy, name=name),
            language=language_of(goal),
            workspace=run_id,
            follows=earlier.run_id if earlier else "",
            persona=persona,
            rehearsal=self.rehearsal,
        )
        return await self._begin(submitted, memory, earlier, attachments, key)

    async def _begin(
        self,
        goal: e.GoalSubmitted,
        memory: e.MemoryRecalled | None,
        earlier: RunState | None,
        attachments: Sequence[Attachment],
        key: str,
    ) -> str:
        """Fill the Run's folder and start its Journal; of two that come at once with one key, the first is kept."""
        run_id = goal.workspace
        try:
            if earlier is not None:
                await self.folders.copy(earlier.workspace, run_id)
            goal = replace(goal, zone=self.schedules.zone, attachments=await self.folders.keep(run_id, attachments))
            kept = await self.recorder.begin(run_id, [goal, *([memory] if memory else [])], key)
        except (FileRefused, StorageBusy, StorageFull):
            await self.folders.drop(run_id)
            raise
        if kept == run_id:
            await self.dispatcher.wake(run_id)
        else:  # the same key came twice at once, and the other was first
            await self.folders.drop(run_id)
        return kept

    async def _followed(self, run_id: str) -> RunState:
        earlier = await self.recorder.load(run_id)
        if not earlier.status.over:
            raise RunNotOver(run_id=run_id)
        return earlier

    async def _policy_name(self, origin: Origin, wanted: PolicyName | None, actor: Actor) -> PolicyName:
        """Return the policy of a new Run: the channel's, or Nod's; asking less than that is for approvers to choose."""
        usual = await self.usual_policy(origin)
        if wanted is not None and looser(wanted, usual) and not is_approver(self.policy, actor):
            named = ", ".join(each.display for each in self.policy.approvers)
            raise PolicyRefused(policy=wanted, usual=usual, deciders=named)
        return wanted or usual

    async def say(
        self,
        run_id: str,
        text: str,
        *,
        actor: Actor,
        via: str = "reply",
        attachments: Sequence[Attachment] = (),
        key: str = "",
    ) -> str:
        """Take what a person wrote in a Run's thread, and return the id of the Run it went to.

        It answers an open clarifying question, else steers the Run; when the Run is over it is the Goal of a
        follow-up. With a `key` that a platform used for it before, nothing happens twice.

        Raises:
            NotAllowedToDecide: this person may not steer the Run.
            GoalRefused: the text is empty or too long.
        """
        text = checked_goal(text)
        state = await self.recorder.load(run_id)
        if state.status.over:
            return await self.submit(
                text,
                origin=state.origin,
                actor=actor,
                key=key,
                attachments=attachments,
                follows=run_id,
                persona=state.persona,
            )
        deciding.must_decide(self._now(state), actor)
        files = await self.folders.keep(state.workspace, attachments)
        state = await self._append(run_id, deciding.heard(text, files, actor, via, key))
        if state.status.over:  # it ended while this was being written
            return await self.say(run_id, text, actor=actor, via=via, attachments=attachments, key=key)
        return run_id

    # --- deciding ---

    async def decide(
        self,
        run_id: str,
        subject: str,
        verb: Verb,
        *,
        actor: Actor,
        via: str,
        digest: str = "",
        text: str = "",
        arguments: Mapping[str, str] | None = None,
    ) -> RunState:
        """Record a person's Decision on the Card `subject`, given for the `digest` they saw.

        `text` is the reason, the answer, or the edited plan; `arguments` the edited fields by name.

        Raises:
            RequestRefused: its subclasses say why the Decision does not count; nothing was changed.
        """
        request = Request(subject, verb, actor, via, digest, checked_words(text), arguments)
        state = self._now(await self.recorder.load(run_id))
        prepared = await deciding.prepare(self.executor, state, request) if verb is Verb.EDIT else None
        if state.scheduling is not None and verb in (Verb.APPROVE, Verb.EDIT):
            await self._must_choose(state, request, prepared)
        return await self._append(run_id, deciding.decided(request, prepared, self.recorder.clock))

    async def _must_choose(self, state: RunState, request: Request, prepared: deciding.Prepared | None) -> None:
        """Raise PolicyRefused unless the person may choose the policy that a Schedule's runs are to have."""
        step = state.steps.get(request.subject.removeprefix("step:"))
        call = prepared.call if prepared else step.call if step else None
        if call is not None and "policy" in call.arguments:
            await self.schedules.may_choose(PolicyName(str(call.arguments["policy"])), state.origin, request.actor)

    async def check_edit(self, run_id: str, subject: str, text: str, arguments: Mapping[str, str]) -> None:
        """Look whether the edited plan, or a Step's edited fields, can be used: before it is known who edits them.

        Raises:
            EditRefused: they cannot.
        """
        await deciding.check_edit(self.executor, await self.state(run_id), subject, checked_words(text), arguments)

    async def control(self, run_id: str, verb: Verb, *, actor: Actor, via: str, text: str = "") -> RunState:
        """Pause, resume or stop a Run, or approve the rest of it.

        Raises:
            RequestRefused: its subclasses say why not; nothing was changed.
        """
        return await self._append(run_id, deciding.controlled(verb, actor, via, checked_words(text)))

    async def _append(self, run_id: str, propose: Callable[[RunState], Sequence[e.Event]]) -> RunState:
        state = await self.recorder.append(run_id, lambda state: propose(self._now(state)))
        await self.dispatcher.wake(run_id)
        return self._now(state)

    def _now(self, state: RunState) -> RunState:
        """Return the state with the approvers there are now: who was taken off the list decides no more."""
        if state.policy.approvers == self.policy.approvers:
            return state
        return state.but(policy=replace(state.policy, approvers=self.policy.approvers))

    # --- looking ---

    async def state(self, run_id: str) -> RunState:
        """Return a Run's state now. Raises RunUnknown."""
        return self._now(await self.recorder.load(run_id))

    async def watch(self, run_id: str) -> AsyncGenerator[RunState]:
        """Yield a Run's state now and each newer one, until the Run is over. Raises RunUnknown."""
        seen = 0
        with self.recorder.changes.watching(run_id) as changed:
            state = await self.recorder.load(run_id)
            while True:
                changed.clear()
                if state.seq > seen:
                    seen = state.seq
                    yield self._now(state)
                if state.status.over:
                    return
                try:
                    async with asyncio.timeout(POLL):
                        await changed.wait()
                    state = await self.recorder.latest(run_id)
                except TimeoutError:  # what another process appended is seen only by looking
                    state = await self.recorder.load(run_id)

    async def runs(
        self,
        *,
        limit: int = 50,
        before: datetime | None = None,
        channel: Origin | None = None,
        actor: Actor | None = None,
        live: bool = False,
    ) -> Sequence[RunSummary]:
        """Return Runs, newest first: created before `before`, of a `channel`, of an `actor`, not over if `live`."""
        return await self.recorder.store.summaries(limit=limit, before=before, channel=channel, actor=actor, live=live)

    async def waiting(self, *, limit: int = 50) -> Sequence[OpenApproval]:
        """Return what waits for people, oldest first."""
        return await self.recorder.store.approvals(limit=limit)

    async def waiting_for(
        self, actor: Actor, *, workspace: Origin | None = None, limit: int = 50
    ) -> Sequence[tuple[RunSummary, OpenApproval]]:
        """Return what waits for this person, oldest first, with the Run of each: of a `workspace`, else of all."""
        store, own = self.recorder.store, None if is_approver(self.policy, actor) else actor
        waiting = await store.approvals(limit=limit, workspace=workspace, actor=own)
        return [(await store.summary(approval.run_id), approval) for approval in waiting]

    async def card_deleted(self, message_ref: str) -> None:
        """Note that somebody deleted a message: what is asked on its Card is asked in another."""
        shown = await self.threads.shown_by(message_ref)
        if shown is not None:
            await self.threads.deliveries.keep(shown.deleted())
            self.recorder.changes.notify(shown.run_id)

    async def files(self, run_id: str) -> Sequence[FileRef]:
        """Return the files of a Run's workspace. Raises RunUnknown, FileRefused."""
        return await self.folders.list((await self.recorder.load(run_id)).workspace)

    async def read_file(self, run_id: str, path: str) -> bytes:
        """Return a file of a Run's workspace. Raises RunUnknown, FileRefused."""
        return await self.folders.read((await self.recorder.load(run_id)).workspace, path)

    # --- auditing ---

    async def verify(self, run_id: str = "") -> int:
        """Verify the digest chain of one Run's Journal, or of all, and return how many events that were.

        Raises:
            RunUnknown: there is no such Run.
            JournalBroken: a Journal does not verify; it says where.
        """
        run_ids = [run_id] if run_id else await self.recorder.store.run_ids()
        count = 0
        for each in run_ids:
            count += await self.recorder.verify(each)
        return count

    async def export(self, run_id: str) -> AsyncIterator[dict[str, Any]]:
        """Yield every event of a Run as JSON values, oldest first. Raises RunUnknown."""
        await self.recorder.store.summary(run_id)
        async for row in self.recorder.export(run_id):
            yield row

    # --- channels ---

    async def channel_policy(self, origin: Origin) -> PolicyName | None:
        """Return the policy set for the Origin's channel, None when there is none."""
        name = await self.channels.policy(origin)
        return PolicyName(name) if name else None

    async def usual_policy(self, origin: Origin) -> PolicyName:
        """Return the policy of a Run that names none: the one of the Origin's channel, else Nod's."""
        return await usual_policy(self.channels, self.policy, origin)

    async def set_channel_policy(self, origin: Origin, policy: PolicyName | None, actor: Actor) -> None:
        """Set, or unset, the policy of the Origin's channel.

        Raises:
            NotAllowedToDecide: the person is not an approver.
        """
        deciding.must_approve(self.policy, actor)
        await self.channels.set_policy(origin, policy or "")
