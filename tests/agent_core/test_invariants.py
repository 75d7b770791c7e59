"""Whatever people, models, crashes and races do: nothing acts unapproved, nothing is lost, every Run ends or waits."""

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from agent_core.asking import Attachment
from agent_core.cards import Verb
from agent_core.deciding import OUTCOMES
from agent_core.domain import Actor, PolicyName
from agent_core.presenter import cards_of
from agent_core.projections import approvals_of
from tests.agent_core.chaos import Town
from tests.agent_core.chaos_model import PLANS, TURNS, Script
from tests.agent_core.team import ALICE, BOB, MALLORY, WEB

CAROL = Actor("nod", "carol", "Carol")  # she may ask, and decide on what she asked
ANY = st.integers(0, 7)
ACTORS = st.sampled_from([ALICE, ALICE, ALICE, BOB, CAROL, MALLORY])
DECISIONS = st.sampled_from([Verb.APPROVE] * 5 + [v for v in Verb if v is not Verb.RESUME])
CONTROLS = st.sampled_from([Verb.PAUSE, Verb.RESUME, Verb.APPROVE_REST, Verb.APPROVE_REST, Verb.STOP])
SCRIPTS = st.builds(
    Script,
    plans=st.lists(st.sampled_from(PLANS), min_size=1, max_size=3).map(tuple),
    turns=st.lists(st.sampled_from(TURNS), min_size=1, max_size=6).map(tuple),
    verdicts=st.lists(st.booleans(), min_size=1, max_size=3).map(tuple),
)
POLICIES = st.sampled_from([*PolicyName, PolicyName.EVERY_STEP])


class Lives(RuleBasedStateMachine):
    """Random commands on one Nod; numbers stand for whichever Run or question there is at that place."""

    size = 1

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.town = Town(Path(self.folder.name), self.size)
        self.loop.run(self.town.open())

    def teardown(self) -> None:
        self.loop.run(self.town.close())
        self.loop.close()
        self.folder.cleanup()

    def do(self, *commands) -> None:
        """Do all at once, each in a process, and then wait until all is quiet."""

        async def both() -> None:
            await self.town.tried(*(command for command in commands))
            await self.town.rest()

        self.loop.run(both())

    # --- commands ---

    async def submit(self, at, script, policy, actor):
        goal = self.town.stage.goal(script)
        await self.town.team(at).service.submit(goal, origin=WEB, actor=actor, policy=policy)

    async def decide(self, at, run, which, verb, actor, *, fresh=True):
        team, run_id = self.town.team(at), await self.run_id(run)
        state = await team.service.state(run_id)
        asked = approvals_of(state)
        if not asked:
            return
        approval = asked[which % len(asked)]
        cards = {card.id: card for card in cards_of(await team.state(run_id))}
        digest = approval.digest if fresh else cards["plan"].digest if "plan" in cards else "0" * 64
        arguments, text = None, "because"
        if verb is Verb.EDIT and approval.subject == "plan":
            text = cards["plan"].editable.replace("Please do", "Kindly do")
        elif verb is Verb.EDIT:
            text, name = "", next(iter(state.steps.get(approval.subject[5:], NOTHING).call.arguments), "")
            arguments = {name: "edited"} if name else {}
        await team.service.decide(
            run_id, approval.subject, verb, actor=actor, via="button", digest=digest, text=text, arguments=arguments
        )
        assert digest == approval.digest or verb not in OUTCOMES, "decided on what they did not see"

    async def control(self, at, run, verb, actor):
        await self.town.team(at).service.control(await self.run_id(run), verb, actor=actor, via="button")

    async def say(self, at, run, actor, files):
        goal, run_id = self.town.stage.goal(Script()), await self.run_id(run)
        attached = [Attachment("a.md", b"from outside")] if files else []
        await self.town.team(at).service.say(run_id, goal, actor=actor, attachments=attached)

    async def run_id(self, number: int) -> str:
        run_ids = await self.town.runs()
        return run_ids[number % len(run_ids)]

    # --- rules ---

    @initialize(script=SCRIPTS, policy=POLICIES)
    def begins(self, script, policy):
        self.do(self.submit(0, script, policy, ALICE))

    @precondition(lambda self: len(self.town.stage.scripts) < 12)
    @rule(at=ANY, script=SCRIPTS, policy=POLICIES, actor=st.sampled_from([ALICE, BOB, CAROL]))
    def asks(self, at, script, policy, actor):
        self.do(self.submit(at, script, policy, actor))

    @rule(at=ANY, run=ANY, which=ANY, verb=DECISIONS, actor=ACTORS, fresh=st.integers(0, 5).map(bool))
    def decides(self, *, at, run, which, verb, actor, fresh):
        self.do(self.decide(at, run, which, verb, actor, fresh=fresh))

    @rule(at=ANY, run=ANY, limit=st.integers(1, 6))
    def approves_what_is_asked(self, at, run, limit):
        for _ in range(limit):
            self.do(self.decide(at, run, 0, Verb.APPROVE, ALICE))

    @rule(run=ANY, which=ANY, verbs=st.tuples(DECISIONS, DECISIONS), others=st.tuples(ANY, CONTROLS))
    def several_do_something_at_once(self, run, which, verbs, others):
        second, control = others
        self.do(
            self.decide(0, run, which, verbs[0], ALICE),
            self.decide(1, run, which, verbs[1], BOB),
            self.decide(1, run, second, Verb.APPROVE, BOB),
            self.control(second, run, control, BOB),
        )

    @rule(at=ANY, run=ANY, which=ANY)
    def the_same_click_comes_three_times(self, at, run, which):
        self.do(*(self.decide(at + again, run, which, Verb.APPROVE, ALICE) for again in range(3)))

    @rule(at=ANY, run=ANY, verb=CONTROLS, actor=ACTORS)
    def controls(self, at, run, verb, actor):
        self.do(self.control(at, run, verb, actor))

    @precondition(lambda self: len(self.town.stage.scripts) < 12)
    @rule(at=ANY, run=ANY, actor=ACTORS, files=st.booleans())
    def says_something(self, at, run, actor, files):
        self.do(self.say(at, run, actor, files))

    @rule(at=ANY, run=ANY, which=ANY, verb=CONTROLS, more=st.sampled_from(["control", "say", "decide", "take over"]))
    def something_happens_while_it_works(self, at, run, which, verb, more):
        async def meanwhile() -> None:
            town = self.town
            town.stage.gate.clear()
            town.stage.entered.clear()
            await town.tried(self.decide(at, run, which, Verb.APPROVE, ALICE))
            await town.busy()
            match more:
                case "control":
                    await town.tried(self.control(which, run, verb, ALICE))
                case "say":
                    await town.tried(self.say(which, run, ALICE, files=False))
                case "decide":
                    await town.tried(self.decide(which, run, 0, Verb.APPROVE, ALICE))
                case _:
                    await town.leases_run_out()
            town.stage.open_gate()
            await town.rest()

        self.loop.run(meanwhile())

    @rule(hours=st.sampled_from([1, 24, 24 * 8]))
    def time_passes(self, hours):
        self.town.clock.pass_(timedelta(hours=hours))
        self.do()

    @rule(at=ANY, left=st.integers(0, 6), after=st.booleans())
    def will_die_soon(self, at, left, after):
        store = self.town.processes[at % self.size].store
        store.left, store.after = left, after

    # --- what always holds ---

    @invariant()
    def all_is_well(self):
        self.loop.run(self.town.check())


class LivesOfTwo(Lives):
    """The same with two processes on one database, both woken."""

    size = 2


class _Nothing:
    class call:  # noqa: N801
        arguments = ()


NOTHING = _Nothing()
LIMITS = settings(max_examples=15, stateful_step_count=30, deadline=None, print_blob=True)
TestOneProcess = Lives.TestCase
TestOneProcess.settings = LIMITS
TestTwoProcesses = LivesOfTwo.TestCase
TestTwoProcesses.settings = LIMITS
