"""The Tool that sends requests to the hosts of an allow-list, with secrets that nobody sees."""
