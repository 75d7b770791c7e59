"""Discord: what people do there comes in, what they see goes out."""
