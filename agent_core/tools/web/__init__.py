"""Tools that read the web: pages, and what search engines find."""
