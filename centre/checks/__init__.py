"""What `check` looks at, a function a point: each gives what it found, in a sentence, and what to do. Nothing is changed."""
