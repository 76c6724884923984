"""Who is signed in: the accounts, the browsers, the sign-in page, and what guards the pages."""
