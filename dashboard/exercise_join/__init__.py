"""`/join`: where a trainee types the code of an exercise. A page that needs no script."""
