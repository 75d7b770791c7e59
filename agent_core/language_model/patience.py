"""How long, and how often, a language model is asked before Nod gives up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """The limits of one turn or fill. Times in seconds; every one of them bounds something that could hang."""

    tries: int = 5  #: times one request is sent while the failure may pass by itself
    repairs: int = 3  #: times a useless answer is sent back with what is wrong with it
    first_delay: float = 0.5  #: before the second try; doubled before each one after it
    longest_delay: float = 8.0
    connect: float = 10.0
    silence: float = 180.0  #: without a byte; a slow model on a processor reads a long prompt for minutes
    call: float = 600.0  #: one request with its whole answer
    total: float = 1200.0  #: the whole turn or fill, waiting included

    def delay(self, failures: int) -> float:
        """Return how long to wait after that many failures (1 or more)."""
        return min(self.longest_delay, self.first_delay * 2.0 ** (failures - 1))
