"""Nod's core: plan, approve, execute, evaluate, remember."""
