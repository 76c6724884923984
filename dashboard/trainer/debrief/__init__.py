"""The debrief of an exercise as one page that needs nothing beside itself, and a trainee's progress over exercises."""
