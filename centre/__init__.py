"""One running centre: its settings, its assembly, what is served, what is made beside the desk."""
