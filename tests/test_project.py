"""What holds for the tree as a whole."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from bot.settings import load_settings, setting_names

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "adapters", "agent_core", "storage")
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
NOT_OURS = re.compile(
    r"\.git|\.venv.*|data|build|dist|node_modules|__pycache__|.*\.egg-info"
    r"|\.(pytest|ruff|mypy|import_linter)_cache|\.hypothesis|\.env"
)
#: in pieces, so that this file is not found by its own test
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("registry", "npmmirror", "com"),
        ("proxy", "golang", "org"),
        ("crates", "io"),
        ("deb", "debian", "org"),
    )
]


def our_files() -> Iterator[Path]:
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not NOT_OURS.fullmatch(name)]
        yield from (Path(folder, name) for name in files if not NOT_OURS.fullmatch(name))


def our_code(*folders: str) -> list[Path]:
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts
    )


def in_tree(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_env_example_explains_every_setting_and_no_other() -> None:
    named = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(named) == sorted(setting_names())


def test_every_line_of_env_example_has_an_explanation_above() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()

    for before, line in pairwise(lines):
        if re.match(r"[A-Z]", line):
            assert before.startswith(("# ", "HOST=")), f"{line} is not explained"


def test_env_example_says_the_defaults(tmp_path: Path) -> None:
    assert load_settings(ROOT / ".env.example") == load_settings(tmp_path / "none")


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/README.md", "docs/design.md", "docs/tools.md"]
)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text(encoding="utf-8")):
        assert ((ROOT / page).parent / target).exists(), f"{page} links to {target}"


@pytest.mark.parametrize("path", REQUIREMENTS, ids=in_tree)
def test_requirements_are_pinned_and_hashed_and_name_no_index(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    requirements = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", text).replace("\\\n", "").strip())

    assert requirements
    for requirement in requirements:
        assert re.match(r"[\w.-]+==\S+ ", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement
    assert "://" not in text
    assert "--index" not in text
    assert "--extra-index" not in text


def test_dev_requirements_hold_the_runtime_ones() -> None:
    pins = [set(re.findall(r"^[\w.-]+==\S+", path.read_text(encoding="utf-8"), re.MULTILINE)) for path in REQUIREMENTS]
    dev, runtime = pins

    assert runtime < dev


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    pinned = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")

    # names are pinned as indexes compare them: one case, and a hyphen for every separator
    for name in (re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower() for requirement in wanted):
        assert re.search(rf"^{re.escape(name)}==", pinned, re.MULTILINE), f"{name} is not pinned; run make lock"


def test_no_file_names_a_registry() -> None:
    found = [
        f"{in_tree(path)}: {host}" for path in our_files() for host in REGISTRIES if host.encode() in path.read_bytes()
    ]

    assert found == []


@pytest.mark.parametrize("path", our_code(*PACKAGES, "tests"), ids=in_tree)
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    lines = len(text.splitlines())
    assert lines <= 350, f"{path.name} is too long"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not in_tree(path).startswith("tests"):
            assert node.end_lineno - node.lineno < 50, f"{node.name} is too long"


def test_half_of_the_files_have_at_most_120_lines() -> None:
    lengths = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in our_code(*PACKAGES))

    assert lengths[len(lengths) // 2] <= 120


def test_packages_import_each_other_as_designed() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout


def test_procfile_starts_the_program() -> None:
    assert (ROOT / "Procfile").read_text(encoding="utf-8") == "web: python -m bot\n"


@pytest.mark.parametrize("script", [".ci/run", "scripts/make_venv.sh", "scripts/set_up_tests.sh"])
def test_scripts_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    subprocess.run(["bash", "-n", ROOT / script], check=True)


def test_before_a_change_is_taken_a_test_that_cannot_run_fails() -> None:
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert re.search(r"^export CI=true\b", run, re.MULTILINE)
