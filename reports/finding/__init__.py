"""Finding incidents of any age: what is searched for (`query`), whom each is about (`identities`), which fit (`finder`)."""
