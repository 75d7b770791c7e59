"""Which Run a person means by the first characters of its id."""

from agent_core.errors import RunAmbiguous, RunUnknown
from agent_core.service import Service

NAMED = 5  # runs that are named when several could be meant


async def find_run(service: Service, prefix: str) -> str:
    """Return the id of the one Run that begins with `prefix`; a whole id always means its own Run.

    Raises:
        RunUnknown: no Run begins so.
        RunAmbiguous: several do.
    """
    wanted = prefix.strip().lower()
    found = [run_id for run_id in await service.recorder.store.run_ids() if wanted and run_id.startswith(wanted)]
    if wanted in found or len(found) == 1:
        return wanted if wanted in found else found[0]
    shown = "".join(char if char.isprintable() else "�" for char in prefix)[:40] or "without an id"
    if not found:
        raise RunUnknown(run_id=shown)
    more = " …" if len(found) > NAMED else ""
    raise RunAmbiguous(run_id=shown, runs=", ".join(found[:NAMED]) + more)
