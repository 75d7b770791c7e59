"""Generated code, run apart from this machine: the Tools for it, and the sandboxes that hold it."""
