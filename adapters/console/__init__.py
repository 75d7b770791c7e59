"""The terminal: Cards drawn with rich, decisions by key or by typed line."""
