"""What Discord refuses in bodies, before anything happens."""
