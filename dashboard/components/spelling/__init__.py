"""Where she is, said aloud: copied by one key, spelled by another, on the operator's case and on a zone's card."""
