"""The peer itself: what every end-to-end test leans on."""

import httpx

from tests.peers.openai_server import Say, Status, ToolUse, openai_server_in_thread


def test_it_serves_tests_that_are_not_asynchronous():
    with openai_server_in_thread() as server:
        server.respond = lambda request: Say(
            f"you said {request['messages'][-1]['content']}", (ToolUse("f", {"a": 1}),)
        )
        body = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
        whole = httpx.post(f"{server.base_url}/chat/completions", json=body).json()
        assert whole["choices"][0]["message"]["content"] == "you said hi"
        assert whole["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"] == '{"a": 1}'

        streamed = httpx.post(f"{server.base_url}/chat/completions", json={**body, "stream": True}).text
        assert streamed.endswith("data: [DONE]\n\n")
        assert streamed.count('"usage"') == 0
        assert len(server.requests) == 2


def test_its_script_comes_before_what_it_responds_and_rejections_before_both():
    with openai_server_in_thread() as server:
        server.rejects.add("tools")
        server.will(Status(418))
        url = f"{server.base_url}/chat/completions"
        assert [httpx.post(url, json=body).status_code for body in ({"tools": []}, {}, {})] == [400, 418, 501]
