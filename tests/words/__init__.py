"""The catalogues of the words: what keeps them whole, and the command that brings them up to date."""
