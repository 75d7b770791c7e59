from pathlib import Path

import pytest

from agent_core.domain import Actor, PolicyName
from agent_core.errors import SettingsError
from bot.secret_key import secret_key
from bot.settings import Settings, load_settings, setting_names


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def test_nothing_set_is_a_working_start(env_file: Path) -> None:
    settings = load_settings(env_file)

    assert (settings.host, settings.port) == ("127.0.0.1", 8321)
    assert settings.database_url == "sqlite:///data/nod.db"
    assert settings.nod_policy is PolicyName.EVERY_STEP
    assert settings.expires_after.days == 7
    assert settings.owner.platform == "nod"
    assert settings.owner.user
    assert settings.rehearsal


def test_environment_wins_over_the_file(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env_file.write_text("PORT=1111\nNOD_MODEL=from-file\n")
    monkeypatch.setenv("PORT", "2222")

    settings = load_settings(env_file)

    assert settings.port == 2222
    assert settings.nod_model == "from-file"


def test_empty_value_counts_as_unset(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env_file.write_text("NOD_MODEL=local\nOPENAI_API_KEY=\nNOD_OWNER=\nNOD_APPROVERS=\n")
    monkeypatch.setenv("NOD_MODEL", "")

    settings = load_settings(env_file)

    assert settings.nod_model == "local"
    assert settings.openai_api_key is None
    assert settings.nod_approvers == ()
    assert settings.nod_owner


def test_approvers_are_people_of_platforms(monkeypatch: pytest.MonkeyPatch, env_file: Path) -> None:
    monkeypatch.setenv("NOD_APPROVERS", "nod:alice, slack:U024BE7LH,,nod:alice")

    assert load_settings(env_file).nod_approvers == (Actor("nod", "alice"), Actor("slack", "U024BE7LH"))


def test_local_server_needs_no_key(monkeypatch: pytest.MonkeyPatch, env_file: Path) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1/")

    settings = load_settings(env_file)

    assert not settings.rehearsal
    assert settings.model_key == "unused"
    assert settings.openai_base_url == "http://127.0.0.1:11434/v1"


def test_settings_cannot_be_changed(env_file: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings(env_file).port = 1


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [
        ("PORT", "eight", "PORT=8321"),
        ("PORT", "70000", "PORT=8321"),
        ("HOST", "two words", "HOST=127.0.0.1"),
        ("NOD_OWNER", "a:b", "NOD_OWNER=alice"),
        ("NOD_APPROVERS", "alice", "NOD_APPROVERS=nod:alice,slack:U024BE7LH"),
        ("NOD_POLICY", "never", "NOD_POLICY=every-step"),
        ("OPENAI_BASE_URL", "127.0.0.1:11434", "OPENAI_BASE_URL=http://127.0.0.1:11434/v1"),
        ("OPENAI_BASE_URL", "http://[::1", "OPENAI_BASE_URL=http://127.0.0.1:11434/v1"),
        ("NOD_MODEL", "two words", "NOD_MODEL=gpt-5.4-mini"),
        ("NOD_PUBLIC_URL", "https://nod.example.com/path", "NOD_PUBLIC_URL=https://nod.example.com"),
        ("NOD_PUBLIC_URL", "https://nod.example.com:port", "NOD_PUBLIC_URL=https://nod.example.com"),
        ("NOD_APPROVAL_DAYS", "0", "NOD_APPROVAL_DAYS=7"),
        ("NOD_APPROVAL_DAYS", "nan", "NOD_APPROVAL_DAYS=7"),
        ("NOD_APPROVAL_DAYS", "a week", "NOD_APPROVAL_DAYS=7"),
        ("NOD_LOG", "loud", "NOD_LOG=info"),
        ("NOD_LOG_FORMAT", "xml", "NOD_LOG_FORMAT=json"),
    ],
)
def test_bad_value_is_named_with_an_example(
    name: str, value: str, example: str, env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as refused:
        load_settings(env_file)

    sentence = str(refused.value)
    assert sentence.startswith(f"{name} is '{value}'; it must be ")
    assert sentence.endswith(f", for example {example}.")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("nod.db", "DATABASE_URL must name a file, for example sqlite:///data/nod.db."),
        ("sqlite:///nod.db?mode=ro", "DATABASE_URL must name a file, for example sqlite:///data/nod.db."),
        (
            "postgresql://nod:hunter2@db/nod",
            "PostgreSQL is not available in this version; set DATABASE_URL to a file, for example sqlite:///data/nod.db.",
        ),
    ],
)
def test_a_database_that_cannot_be_used_is_told_when_settings_are_read(
    value: str, sentence: str, env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", value)

    with pytest.raises(SettingsError) as refused:
        load_settings(env_file)

    assert str(refused.value) == sentence


def test_bad_value_of_the_file_is_named_too(env_file: Path) -> None:
    env_file.write_text("port=nine\n")

    with pytest.raises(SettingsError, match="PORT is 'nine'"):
        load_settings(env_file)


@pytest.mark.parametrize(
    ("name", "value", "hidden"),
    [
        ("NOD_SECRET_KEY", "hunter2", "hunter2"),
        ("DATABASE_URL", "postgresql://nod:hunter2@db/nod", "hunter2"),
        ("OPENAI_BASE_URL", "ftp://me:hunter2@host/v1", "hunter2"),
        ("OPENAI_BASE_URL", "https://host/v1?key=hunter2", "hunter2"),
        ("OPENAI_BASE_URL", "sk-hunter2", "hunter2"),
        ("DISCORD_TOKEN", "Token hunter2", "hunter2"),
        ("DISCORD_API_URL", "MTk4NjIyNDgzNDc.G4bYxs.a1b2c3hunter2", "hunter2"),
        ("SLACK_BOT_TOKEN", "xapp-1-hunter2", "hunter2"),
        ("SLACK_APP_TOKEN", "xoxb-1-hunter2", "hunter2"),
        ("SLACK_CLIENT_ID", "xoxb-1-hunter2", "hunter2"),
        ("SLACK_CLIENT_SECRET", "hunter2", "hunter2"),
    ],
)
def test_refusal_never_shows_a_secret(
    name: str, value: str, hidden: str, env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=name) as refused:
        load_settings(env_file)

    assert hidden not in str(refused.value)
    assert refused.value.__context__ is None  # a chained error would show the value in a traceback


def test_secrets_are_not_in_the_settings_text() -> None:
    settings = Settings(openai_api_key="sk-hunter2", nod_secret_key="correct horse battery staple, twice")

    assert "hunter2" not in repr(settings)
    assert "horse" not in repr(settings)
    assert set(settings.secrets()) == {"sk-hunter2", "correct horse battery staple, twice"}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("NOD_MODLE", "NOD_MODEL"),
        ("nod_aprovers", "NOD_APPROVERS"),
        ("NOD_SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN"),
    ],
)
def test_misspelt_name_is_told_the_right_one(
    wrong: str, right: str, env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(wrong, "x")

    with pytest.raises(SettingsError, match=f"There is no setting {wrong}; did you mean {right}?"):
        load_settings(env_file)


def test_other_programs_may_have_settings_for_slack(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_TOKEN", "xoxp-1")
    env_file.write_text("SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T0/B0/x\n")

    assert load_settings(env_file).slack_bot_token is None


def test_a_slip_in_a_setting_for_slack_is_told(env_file: Path) -> None:
    env_file.write_text("SLACK_BOT_TOKNE=xoxb-1\n")

    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN"):
        load_settings(env_file)


def test_misspelt_name_in_the_file_is_told_the_right_one(env_file: Path) -> None:
    env_file.write_text("# NOD_FINE=1\nOTHER=1\nexport NOD_POLCY=observe\n")

    with pytest.raises(SettingsError, match="There is no setting NOD_POLCY; did you mean NOD_POLICY?"):
        load_settings(env_file)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("OPENAI_API_KY", "OPENAI_API_KEY"), ("database_ur", "DATABASE_URL"), ("PORTS", "PORT")],
)
def test_a_slip_in_the_file_is_told_whatever_the_name_begins_with(wrong: str, right: str, env_file: Path) -> None:
    env_file.write_text(f"{wrong}=1\n")

    with pytest.raises(SettingsError, match=f"There is no setting {wrong}; write {right} if you mean that"):
        load_settings(env_file)


def test_names_of_other_programs_may_stand_in_the_file(env_file: Path) -> None:
    env_file.write_text("DATABASE_HOST=db\nHOSTNAME=x\nPOST=1\nOPENAI_ORG_ID=o\nport=8000\n")

    assert load_settings(env_file).port == 8000


def test_a_folder_in_the_place_of_the_file_is_told(env_file: Path) -> None:
    env_file.mkdir()

    with pytest.raises(SettingsError, match="is a folder; put a file in its place, or remove it"):
        load_settings(env_file)


@pytest.mark.parametrize("line", ['NOD_MODEL="never closed', "NOD_MODEL"])
def test_broken_line_of_the_file_is_named(line: str, env_file: Path) -> None:
    env_file.write_text(f"PORT=1\n{line}\n")

    with pytest.raises(SettingsError, match=r"Line 2 of .* is not NAME=value"):
        load_settings(env_file)


def test_file_that_is_no_text_is_refused(env_file: Path) -> None:
    env_file.write_bytes(b"NOD_MODEL=\xff\xfe\n")

    with pytest.raises(SettingsError, match="it is not UTF-8 text"):
        load_settings(env_file)


def test_every_setting_has_an_example_that_it_accepts(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in setting_names():
        field = Settings.model_fields[name.lower()]
        assert field.description
        monkeypatch.setenv(name, field.examples[0])

    load_settings(env_file)


# --- the key --------------------------------------------------------------------------------------------------------


def test_key_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    settings = Settings(nod_data=tmp_path / "new" / "data")

    key = secret_key(settings)

    assert len(key) == 64
    assert secret_key(settings) == key
    assert [(file.name, file.stat().st_mode & 0o777) for file in settings.nod_data.iterdir()] == [("secret_key", 0o600)]


def test_key_of_the_settings_is_used_and_no_file_made(tmp_path: Path) -> None:
    settings = Settings(nod_data=tmp_path / "data", nod_secret_key="k" * 32)

    assert secret_key(settings) == "k" * 32
    assert not (tmp_path / "data").exists()


def test_key_file_opened_to_others_is_closed_again(tmp_path: Path) -> None:
    settings = Settings(nod_data=tmp_path)
    secret_key(settings)
    (tmp_path / "secret_key").chmod(0o644)

    secret_key(settings)

    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_empty_key_file_is_told_to_be_deleted(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("\n")

    with pytest.raises(SettingsError, match="holds no key; delete it"):
        secret_key(Settings(nod_data=tmp_path))


def test_data_that_is_no_folder_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(SettingsError, match="make NOD_DATA a folder that Nod may write"):
        secret_key(Settings(nod_data=tmp_path / "data"))


def test_everything_that_is_wrong_is_told_at_once_a_sentence_each(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file.write_text("NOD_POLICE=observe\nPORT=eight\nNOD_LOG=loud\n")
    monkeypatch.setenv("NOD_MODLE", "x")
    monkeypatch.setenv("DATABASE_URL", "nod.db")
    monkeypatch.setenv("NOD_SECRET_KEY", "too short")

    with pytest.raises(SettingsError) as refused:
        load_settings(env_file)

    assert str(refused.value).splitlines() == [
        "There is no setting NOD_POLICE; did you mean NOD_POLICY? .env.example lists them all.",
        "There is no setting NOD_MODLE; did you mean NOD_MODEL? .env.example lists them all.",
        "PORT is 'eight'; it must be a port from 0 to 65535, 0 for a free one, for example PORT=8321.",
        "DATABASE_URL must name a file, for example sqlite:///data/nod.db.",
        (
            "NOD_SECRET_KEY cannot be used; it must be at least 32 characters that nobody can guess, "
            "for example NOD_SECRET_KEY=<what openssl rand -hex 32 prints>."
        ),
        "NOD_LOG is 'loud'; it must be debug, info, warning or error, for example NOD_LOG=info.",
    ]
    assert refused.value.__context__ is None
