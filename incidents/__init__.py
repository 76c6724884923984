"""The heart: messages, cases, an incident's life, events and their fold, the board, the desk, the log. Knows no other room."""
