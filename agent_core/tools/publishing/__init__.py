"""The Tool that publishes: posts on WordPress and Ghost, by the names of connections."""
