"""What the scripted model says, without delay: the same words for both sides, so that both store and write the same."""

from dataclasses import dataclass

GOAL = "write a blog about AI"
SUBTASKS = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """One Subtask: what the plan says of it, the file its one Step writes, and how it is judged."""

    id: str
    title: str
    instructions: str
    criterion: str
    after: tuple[str, ...]
    path: str
    content: str
    reason: str
    note: str


def piece(number: int) -> Piece:
    """Return the Subtask of that number, from 1; each waits for the one before."""
    path = f"part-{number}.md"
    sentence = f"Part {number} says one thing about machines that learn, and says it so that a newcomer can follow. "
    return Piece(
        id=f"s{number}",
        title=f"Write part {number}",
        instructions=f"Write part {number} of the blog in plain words and keep it in {path}.",
        criterion=f"{path} exists and is not empty.",
        after=(f"s{number - 1}",) if number > 1 else (),
        path=path,
        content=f"# Part {number}\n\n" + sentence * 8,
        reason=f"Part {number} is not written yet.",
        note=f"{path} is there.",
    )


def pieces(count: int = SUBTASKS) -> tuple[Piece, ...]:
    """Return the whole plan."""
    return tuple(piece(number) for number in range(1, count + 1))
