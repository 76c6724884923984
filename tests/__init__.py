"""The proofs mirror the rooms; `browser` runs in Chromium, `install` installs, `rules` and `goldens` hold what stays."""
