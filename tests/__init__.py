"""The proofs. They mirror the rooms; `browser` runs in Chromium, `rules` holds those of the house, `goldens` what stays."""
