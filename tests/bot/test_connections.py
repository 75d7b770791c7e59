"""The file of connections: what it may say, and what is told of one that cannot be used."""

import re
from pathlib import Path

import pytest

from agent_core.errors import SettingsError
from bot.connections import Connections, load_connections

OF_A_FORM = {"NEWS_ADMIN_KEY": f"{'0' * 24}:{'a' * 64}"}  # values that not every text can be
EXAMPLE = Path(__file__).parents[2] / "connections.example.toml"


def loaded(folder: Path, text: str) -> Connections:
    path = folder / "connections.toml"
    path.write_text(text, encoding="utf-8")
    return load_connections(path, folder / ".env")


def test_without_a_file_there_are_no_connections(tmp_path: Path) -> None:
    assert load_connections(tmp_path / "none.toml") == Connections()


def test_a_value_can_stand_in_the_environment_or_in_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("FROM_FILE=file-value\nBOTH=file-loses\n")
    monkeypatch.setenv("BOTH", "environment-wins")

    found = loaded(tmp_path, '[secrets]\na = "env:FROM_FILE"\nb = "env:BOTH"\nc = "as it is"\n')

    assert sorted(found.secret_values()) == ["as it is", "environment-wins", "file-value"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[secrets\n", "is not TOML"),
        ('[nonsense]\na = "b"\n', "connections.toml, nonsense: extra inputs are not permitted."),
        ('[secrets]\n"a b" = "c"\n', "connections.toml, secrets.a b: string should match pattern"),
        ('[secrets]\na = "env:NOT_SET_ANYWHERE"\n', "names NOT_SET_ANYWHERE, which the environment lacks."),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_a_sentence(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=re.escape(told)):
        loaded(tmp_path, text)


def test_a_refusal_never_shows_a_secret(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        loaded(tmp_path, '[secrets]\na = ["hunter2-and-more"]\n')

    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(Connections(secrets={"a": "hunter2-and-more"}))  # pyright: ignore[reportArgumentType]


def test_the_example_explains_every_section_and_each_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    # what is said in TOML, without the mark that keeps it from counting
    toml = "\n".join(line[2:] for line in lines if re.match(r'# (\[|[\w-]+ = |"[^"]+" = )', line))
    for name in re.findall(r"env:(\w+)", toml):
        monkeypatch.setenv(name, OF_A_FORM.get(name, f"value-of-{name}"))

    found = loaded(tmp_path, toml)

    assert found.model_fields_set == set(Connections.model_fields)
