"""A Run without Nod around it: prompts as the core writes them, and the requests a client makes of them."""

import json
from datetime import UTC, datetime

from agent_core.domain import (
    Actor,
    Decision,
    FileRef,
    Observation,
    Origin,
    Outcome,
    Plan,
    Policy,
    Risk,
    Subtask,
    ToolCall,
)
from agent_core.domain import Preview as NoPreview
from agent_core.forms import PlanForm, VerdictForm
from agent_core.journal import events as e
from agent_core.journal.fold import Entry, apply
from agent_core.ports import Message
from agent_core.prompts import WHY, judge_prompt, plan_prompt, turn_prompt
from agent_core.tools import core_tools
from bot.rehearsal.replies import reply_to
from bot.rehearsal.requests import request_of

ALICE = Actor("nod", "alice", "Alice")
BOB = Actor("nod", "bob", "Bob")
SPECS = tuple(tool.spec for tool in core_tools())
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def merged(messages):
    """Join neighbours of one role, as the client does."""
    joined = []
    for message in messages:
        if joined and joined[-1].role == message.role and message.role in ("system", "user"):
            joined[-1] = Message(message.role, f"{joined[-1].text}\n\n{message.text}")
        else:
            joined.append(message)
    return joined


def body_of(messages, *, tools=(), form=None, rung="json_schema"):
    """Return the request's JSON; `rung` is json_schema, json_object or text."""
    body = {"model": "rehearsal"}
    if form:
        schema = form.model_json_schema()
        if rung == "json_schema":
            body["response_format"] = {
                "type": rung,
                "json_schema": {"name": form.__name__, "strict": True, "schema": schema},
            }
        else:
            told = f"Answer with only one JSON object that fits this JSON Schema:\n{json.dumps(schema)}"
            messages = [*messages, Message("user", told)]
        if rung == "json_object":
            body["response_format"] = {"type": rung}
    if tools:
        body["tools"] = [{"type": "function", "function": _function(spec)} for spec in tools]
    body["messages"] = [_wire(message) for message in merged(messages)]
    return body


def _function(spec):
    parameters = dict(spec.parameters)
    parameters["properties"] = {**parameters["properties"], WHY: {"type": "string"}}
    return {"name": spec.name, "description": spec.description, "parameters": parameters}


def _wire(message):
    wire = {"role": message.role, "content": message.text}
    if message.calls:
        wire["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(dict(call.arguments), ensure_ascii=False)},
            }
            for call in message.calls
        ]
    if message.role == "tool":
        wire["tool_call_id"] = message.call_id
    return wire


def said(body):
    """Return what the rehearsal model says to a request: text, or a tool's name and its arguments."""
    message = reply_to(request_of(json.loads(json.dumps(body))))["choices"][0]["message"]
    if "tool_calls" in message:
        (call,) = message["tool_calls"]
        return call["function"]["name"], json.loads(call["function"]["arguments"])
    return message["content"]


class Talk:
    """One Run, event by event."""

    def __init__(self, goal, *, language="en", attachments=(), persona="", known=()):
        files = tuple(FileRef(name, "0" * 64, 1) for name in attachments)
        self.state = None
        self.files = dict.fromkeys(attachments, "1. One\n2. Two\n# Result\nIt failed: no.\n")
        self.add(
            e.GoalSubmitted(goal, Origin("web"), ALICE, Policy(), language, "w", "", persona, files, rehearsal=True)
        )
        if known:
            self.add(e.MemoryRecalled(tuple(known)))

    def add(self, *events):
        for event in events:
            seq = self.state.seq + 1 if self.state else 1
            self.state = apply(self.state, Entry("r", seq, NOW, "0" * 64, event))

    def plan_form(self, rung="json_schema"):
        return PlanForm.model_validate_json(said(body_of(plan_prompt(self.state, SPECS), form=PlanForm, rung=rung)))

    def propose(self, form=None):
        """Propose the Plan of a form, the model's if none is given."""
        form = form or self.plan_form()
        done = [each.subtask for each in self.state.subtasks.values() if each.status == "done"]
        first = self.state.subtask_count + 1
        ids = {each.title: each.id for each in done}
        ids |= {each.key: str(number) for number, each in enumerate(form.subtasks, start=first)}
        new = [
            Subtask(
                ids[each.key],
                each.title,
                each.instructions,
                tuple(criterion.criterion() for criterion in each.criteria),
                tuple(ids[name] for name in each.after),
            )
            for each in form.subtasks
        ]
        self.add(e.PlanProposed(self.state.revision + 1, Plan((*done, *new)), form.why))
        return form

    def decide_plan(self, outcome=Outcome.APPROVED, reason=""):
        decision = Decision(outcome, self.state.plan.digest, ALICE, "button", reason)
        self.add(e.PlanDecided(self.state.revision, decision))

    def turn(self, subtask_id, tools=SPECS):
        return said(body_of(turn_prompt(self.state, subtask_id), tools=tools))

    def step(self, subtask_id, call):
        """Propose a call, and return its Step's id."""
        tool, arguments = call
        plain = {name: value for name, value in arguments.items() if name != WHY}
        turn = len(self.state.subtasks[subtask_id].turns) + 1
        step_id = f"s{len(self.state.steps) + 1}"
        made = ToolCall.of(tool, plain)
        self.add(
            e.StepProposed(step_id, subtask_id, turn, made, Risk.READ, arguments[WHY], NoPreview(), seen=self.state.seq)
        )
        return step_id

    def run(self, step_id):
        """Approve a Step and let it have its effect."""
        call = self.state.steps[step_id].call
        self.add(
            e.StepDecided(step_id, Decision(Outcome.APPROVED, call.digest, ALICE, "button")),
            e.StepStarted(step_id, call.digest, "decision"),
            e.StepFinished(step_id, self.effect(call)),
        )

    def effect(self, call):
        path = call.arguments.get("path", "")
        match call.tool:
            case "write_file":
                self.files[path] = call.arguments["content"]
                return Observation(f"Wrote {path}.")
            case "read_file":
                return Observation(
                    self.files.get(path, f"There is no file {path}."), ok=path in self.files, trusted=False
                )
            case "answer":
                return Observation("The answer is in the thread.", answer=call.arguments["text"])
            case _:
                return Observation("\n".join(self.files))

    def finish(self, subtask_id, limit=12):
        """Run all that a Subtask proposes, and return its result."""
        for _ in range(limit):
            turn = self.turn(subtask_id)
            if isinstance(turn, str):
                number = len(self.state.subtasks[subtask_id].turns) + 1
                self.add(e.SubtaskReported(subtask_id, number, turn, seen=self.state.seq))
                return turn
            self.run(self.step(subtask_id, turn))
        raise AssertionError("the subtask never ends")

    def verdict(self, subtask_id, criteria, rung="json_schema"):
        prompt = judge_prompt(self.state, subtask_id, criteria)
        return VerdictForm.model_validate_json(said(body_of(prompt, form=VerdictForm, rung=rung)))


def spec(name):
    """Return a Tool's spec by name."""
    return next(each for each in SPECS if each.name == name)
