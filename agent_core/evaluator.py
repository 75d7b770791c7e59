"""The evaluator: a reported Subtask is judged against its criteria, by code where code can, else by the model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent_core.check_words import check_words
from agent_core.checks import Evidence, check_criterion, uncalled_for
from agent_core.domain import CheckKind, Criterion, Judgement, PolicyName, Risk, Verdict
from agent_core.evidence import WRITE_TOOL, files_of
from agent_core.forms import JudgementForm, VerdictForm
from agent_core.i18n import translator
from agent_core.journal.events import Event, ModelCalled, SubtaskJudged
from agent_core.journal.state import RunState, StepState, StepStatus
from agent_core.ports import LanguageModel
from agent_core.prompts import judge_prompt
from agent_core.readings import Reading, readings_of
from agent_core.tools.workspace import Workspace

CITING = CheckKind.CITES_SOURCES
RESULT = "result"  # how a judge names the reported result as evidence


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Judges Subtasks. `workspace` gives the folder of that name."""

    model: LanguageModel
    workspace: Callable[[str], Workspace]

    async def judge(self, state: RunState, subtask_id: str) -> Sequence[Event]:
        """Return the events of judging: what it cost, and the Verdict.

        Raises:
            ModelError: the model could not be used; usages are in it.
        """
        if state.policy.name is PolicyName.OBSERVE:
            return [SubtaskJudged(subtask_id, Verdict((), 0.0))]  # nothing ran, so there is nothing to judge
        criteria = await self._criteria(state, subtask_id)
        checked = await self._checked(state, subtask_id, criteria)
        open_criteria = [criterion.text for criterion in criteria if criterion not in checked]
        if not open_criteria:
            return [SubtaskJudged(subtask_id, _verdict(criteria, checked, ""))]
        filled = await self.model.fill(judge_prompt(state, subtask_id, open_criteria), VerdictForm)
        opinions = _opinions(state, subtask_id, open_criteria, filled.value.judgements)
        judged = {
            **checked,
            **{criterion: opinions[criterion.text] for criterion in criteria if criterion.text in opinions},
        }
        billed = [ModelCalled("judge", usage, subtask_id) for usage in filled.usages]
        return [*billed, SubtaskJudged(subtask_id, _verdict(criteria, judged, filled.value.advice.strip()))]

    async def _criteria(self, state: RunState, subtask_id: str) -> Sequence[Criterion]:
        """Return the Plan's criteria and, where pages of the web were read, that what was written cites them well.

        What a Tool brought, an attachment or a skill, is nobody's writing of this Run; what its code wrote is.
        """
        subtask = state.subtasks[subtask_id]
        criteria = subtask.subtask.criteria
        if not readings_of(state):
            return criteria
        asked = {each.check.path.removeprefix("./") for each in criteria if each.check and each.check.kind is CITING}
        files = files_of(state, subtask).items()
        written = [path for path, step in files if _wrote(step) and path not in asked]
        checks = await uncalled_for(written, self.workspace(state.workspace))
        return (*criteria, *(Criterion(check_words(check, state.language), check) for check in checks))

    async def _checked(
        self, state: RunState, subtask_id: str, criteria: Sequence[Criterion]
    ) -> dict[Criterion, Judgement]:
        """Return the judgements that code can make."""
        finished = _finished(state, subtask_id)
        evidence = evidence_of(finished, self.workspace(state.workspace), readings_of(state), state.language)
        judged: dict[Criterion, Judgement] = {}
        for criterion in criteria:
            if criterion.check is None:
                continue
            result = await check_criterion(criterion.check, evidence)
            shown = tuple(step.id for step in finished if _touches(step, criterion.check.path))
            judged[criterion] = Judgement(criterion.text, result.met, shown, result.note, checked=True)
        return judged


def evidence_of(
    steps: Sequence[StepState], workspace: Workspace, readings: tuple[Reading, ...], language: str
) -> Evidence:
    """Return what the finished Steps of a Subtask, and what its Run has read, leave for code to check."""
    ran = [step for step in steps if step.risk is Risk.EXECUTE and step.observation]
    return Evidence(
        workspace=workspace,
        answers=tuple(step.observation.answer for step in steps if step.observation and step.observation.answer),
        run_code_ok=ran[-1].observation.ok if ran and ran[-1].observation else None,
        readings=readings,
        language=language,
    )


def _finished(state: RunState, subtask_id: str) -> list[StepState]:
    return [
        step
        for turn in state.subtasks[subtask_id].turns
        for step in state.steps_of(turn)
        if step.status is StepStatus.FINISHED
    ]


def _wrote(step: StepState) -> bool:
    return step.call.tool == WRITE_TOOL or step.risk is Risk.EXECUTE


def _touches(step: StepState, path: str) -> bool:
    """Say whether a Step is evidence for a check of `path`, or of no file in particular."""
    if step.observation is None or not path:
        return True
    path = path.removeprefix("./")
    return any(file.path == path for file in step.observation.files) or step.call.arguments.get("path") == path


def _opinions(
    state: RunState, subtask_id: str, criteria: Sequence[str], forms: Sequence[JudgementForm]
) -> Mapping[str, Judgement]:
    """Return the model's judgements by criterion; one without evidence that exists is unmet, whatever it says."""
    known, _ = {step.id for step in _finished(state, subtask_id)}, translator(state.language)
    if state.subtasks[subtask_id].report:
        known.add(RESULT)
    given = {form.criterion: form for form in forms}
    opinions: dict[str, Judgement] = {}
    for number, text in enumerate(criteria, start=1):
        form = given.get(number)
        if form is None:
            opinions[text] = Judgement(text, met=False, note=_("It was not judged."))
            continue
        evidence = tuple(name for name in dict.fromkeys(_named(each) for each in form.evidence) if name in known)
        note = form.note.strip() if evidence or not form.met else _("No step shows it.")
        opinions[text] = Judgement(text, form.met and bool(evidence), evidence, note)
    return opinions


def _named(evidence: str) -> str:
    return evidence.strip().strip("[]")


def _verdict(criteria: Sequence[Criterion], judged: Mapping[Criterion, Judgement], advice: str) -> Verdict:
    judgements = tuple(judged[criterion] for criterion in criteria)
    met = sum(judgement.met for judgement in judgements)
    missing = " ".join(judgement.note for judgement in judgements if not judgement.met)
    score = met / len(judgements) if judgements else 1.0
    return Verdict(judgements, score, "" if met == len(judgements) else advice or missing)
