"""When a Goal comes again: from people's words to a typed Rhythm, and from a Rhythm to times and words. Pure."""
