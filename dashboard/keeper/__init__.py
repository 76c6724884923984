"""`/cases`: the cases and their lives, for those who keep them and the zones that manage them."""
