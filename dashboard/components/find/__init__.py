"""Finding incidents of any age on a page: what the typed words mean, why somebody looks, what was found and may be opened."""
