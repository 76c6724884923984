"""What people see and press: pages, their components, and the server that serves them. Knows incidents and maps."""
