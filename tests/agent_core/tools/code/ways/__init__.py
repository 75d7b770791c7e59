"""The attempts of the escape suite. They run alone, so they import nothing but each other and what any Python has."""

from . import excess, files, kernel, rights
from .trying import CONTROLS, LIBC, tried

__all__ = ["CONTROLS", "LIBC", "excess", "files", "kernel", "rights", "tried"]
