"""What users, logs, feeds and scripts see, as it was when the files beside this one were written."""
