"""Mail servers on this machine: SMTP by aiosmtpd, IMAP by Debian's dovecot-imapd."""

PASSWORD = "a-password-of-a-test"  # of everybody
