"""Ghost's Admin API, as far as posts and images go: tokens, versions and errors as its documentation has them."""
