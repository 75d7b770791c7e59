"""The Journal: its events, their rows, and the state they fold to."""
