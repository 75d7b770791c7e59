"""What people do in Slack, one file for each kind of thing."""
