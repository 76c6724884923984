"""The proofs mirror the rooms; `browser` runs in Chromium, `install` installs, `rules` holds the house's, `goldens` what stays."""
