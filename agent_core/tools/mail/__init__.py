"""Tools for mail: reading it by IMAP and sending it by SMTP, by the names of connections."""
