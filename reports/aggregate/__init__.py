"""The Institute's export: counts and response times by month, province and class, without any person, and a codebook.

`tables` says which counts of incidents there are, `cases` which of cases and devices, `devices` counts these from the log,
`suppress` hides those from which a person could be made out, `times` adds quantiles, `codebook` explains it all in French and
Dutch, `export` makes the files, `register` keeps what was handed out before.
"""
