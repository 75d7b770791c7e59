"""The program: settings, the one place that assembles parts, and the command line."""
