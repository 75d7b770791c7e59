"""Peers of the web: a server that can be as hostile as the web is, and a server of names that changes its answers."""
