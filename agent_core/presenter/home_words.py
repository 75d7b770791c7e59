"""The words of a person's own page in a chat."""

from dataclasses import dataclass

from agent_core.i18n import translator


@dataclass(frozen=True, slots=True)
class HomeWords:
    """The headings of a Home tab, and what stands below them when there is nothing."""

    waiting: str
    nothing_waits: str
    runs: str
    no_runs: str
    schedules: str
    no_schedules: str
    private_run: str
    private_schedule: str
    more_runs: str  #: with `{count}`
    more_schedules: str  #: with `{count}`
    on_the_web: str


def home_words(language: str) -> HomeWords:
    """Return the words of a Home tab."""
    _ = translator(language)
    return HomeWords(
        waiting=_("Waiting for you"),
        nothing_waits=_("Nothing waits for you."),
        runs=_("Your runs"),
        no_runs=_("You asked nothing yet. Write /agent and a goal in a channel, or write to Nod here."),
        schedules=_("Goals that come again"),
        no_schedules=_("None yet. Write for example: /agent every weekday at 9:00 summarise what happened here"),
        private_run=_("A run in a private channel"),
        private_schedule=_("A schedule of a private channel"),
        more_runs=_("… and {count} more. In a channel, /agent runs lists those of that channel."),
        more_schedules=_("… and {count} more. In a channel, /agent schedules lists those of that channel."),
        on_the_web=_("all on Nod’s web page"),
    )
