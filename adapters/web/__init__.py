"""Nod's own web workspace: pages that work by themselves, and the same as an HTTP API."""
