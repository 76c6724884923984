"""The actions: what an operator may do with an alarm, and the proposal where to route it."""
