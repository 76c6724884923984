"""The proofs mirror the rooms; `browser` has Chromium and Firefox, `install` installs, `rules` and `goldens` hold what stays."""
