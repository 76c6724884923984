"""Response times from any table of timestamps, read through a mapping that is a file: `docs/report.md` describes it."""
