"""Nod as an MCP server: other programs submit goals and look at runs; deciding is not offered there."""
