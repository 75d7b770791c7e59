"""Discord: what people say and click there becomes goals, words and decisions; Cards become messages."""
