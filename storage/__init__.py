"""Where Nod keeps things: one database, its tables, and the stores that the core's ports ask for."""
