"""Nod in Slack: what people ask, see and decide there."""
