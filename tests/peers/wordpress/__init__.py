"""A real WordPress on this machine: Debian's packages wordpress, php-cli and mariadb-server, in a folder of its own."""
