"""A secret of the connections in a whole run: neither the model nor the journal is told it, wherever it stands."""

import base64
import json

from agent_core.cards import Verb
from agent_core.domain import RunStatus
from agent_core.projections import approvals_of
from bot.bootstrap import open_nod
from tests.bot.nod import settings_in
from tests.bot.test_bootstrap import ALICE, TERMINAL, until
from tests.peers.openai_server import Say, ToolUse, as_json, open_openai_server

SECRET = "hunter2-and-nobody"
IN_BASE64 = base64.b64encode(SECRET.encode()).decode()
CRITERION = {"text": "It is read", "check": "none", "path": "", "number": 0, "needle": ""}
SUBTASK = {"key": "one", "title": "Read", "instructions": "Read it.", "criteria": [CRITERION], "after": []}
PLAN = {"question": "", "why": "one thing", "subtasks": [SUBTASK]}
VERDICT = {"judgements": [{"criterion": 1, "met": True, "evidence": ["result"], "note": "seen"}], "advice": ""}


def says(request):
    form = request.get("response_format", {}).get("json_schema", {}).get("name", "")
    if form:
        return as_json(PLAN if form.startswith("Plan") else VERDICT)
    if any(message["role"] == "tool" for message in request["messages"]):
        return Say("It is read.")
    return Say(calls=(ToolUse("read_file", {"why": "It was asked for.", "path": "notes.md"}),))


async def test_a_model_is_told_no_secret_that_a_person_or_a_tool_tells(tmp_path):
    connections = tmp_path / "connections.toml"
    connections.write_text(f'[secrets.crm]\nvalue = "{SECRET}"\n')
    async with open_openai_server() as server:
        server.respond = says
        settings = settings_in(
            tmp_path,
            OPENAI_API_KEY="sk-none",
            OPENAI_BASE_URL=server.base_url,
            NOD_MODEL="gpt-4o",
            NOD_CONNECTIONS=str(connections),
        )
        async with open_nod(settings) as nod, nod.tending():
            run_id = await nod.service.submit(f"read what {SECRET} is for", origin=TERMINAL, actor=ALICE)
            while (state := await until(nod, run_id, RunStatus.WAITING, RunStatus.FINISHED)).status is not (
                RunStatus.FINISHED
            ):
                nod.folder(state.workspace).mkdir(parents=True, exist_ok=True)
                (nod.folder(state.workspace) / "notes.md").write_text(f"The password is {SECRET}, or {IN_BASE64}.")
                for each in approvals_of(state):
                    await nod.service.decide(
                        run_id, each.subject, Verb.APPROVE, actor=ALICE, via="terminal", digest=each.digest
                    )

    told = json.dumps(server.requests)
    assert "read what *** is for" in told
    assert "The password is ***, or ***." in told
    assert SECRET not in told
    assert IN_BASE64 not in told
    [step] = state.steps.values()
    assert "The password is ***, or ***." in step.observation.text
