"""Which sequence numbers of a feed are durably handled: the highest one without a hole below it, and what is missing."""

LEAP = 1_000_000  # a number so far above all others is not believed: the message is taken, its number is not
ABOVE = 100_000  # numbers handled above a hole that are remembered; any other is handled again when it is sent again
TRIES = 3  # times a missing number is asked for before it counts as lost


class Cursor:
    """Numbers of one feed and epoch. Invariant: every number up to `contiguous` is handled, `contiguous + 1` is not.

    `contiguous` is None until it is known where the numbering begins.
    """

    def __init__(self, contiguous: int | None = None) -> None:
        self.contiguous = contiguous
        self.highest = contiguous or 0
        self._above: set[int] = set()
        self._waiting: set[int] = set()

    def seen(self, seqs: list[int]) -> None:
        """These numbers came and are being handled."""
        if not seqs:
            return
        if self.contiguous is None:
            self.contiguous = self.highest = min(seqs) - 1
        seqs = [seq for seq in seqs if seq <= self.highest + LEAP]
        self.highest = max(self.highest, *seqs, 0)
        self._waiting.update(seq for seq in seqs if seq > self.contiguous and seq not in self._above)

    def handled(self, seq: int | None) -> None:
        """This number, which was seen, is durably handled or refused for good."""
        if seq is None or self.contiguous is None or not self.contiguous < seq <= self.highest:
            return
        self._waiting.discard(seq)
        if len(self._above) < ABOVE or seq == self.contiguous + 1:
            self._above.add(seq)
        while self.contiguous + 1 in self._above:
            self.contiguous += 1
            self._above.discard(self.contiguous)

    def subscribed(self) -> None:
        """A new subscription sends again whatever is not handled: nothing is waited for any more."""
        self._waiting.clear()

    def skip_to(self, seq: int) -> None:
        """The numbers up to this one will never come."""
        if self.contiguous is None or seq > self.contiguous:
            self.contiguous = seq
            self._above = {above for above in self._above if above > seq}
            self._waiting = {waiting for waiting in self._waiting if waiting > seq}
            self.highest = max(self.highest, seq)
            while self.contiguous + 1 in self._above:
                self.contiguous += 1
                self._above.discard(self.contiguous)

    @property
    def holes(self) -> int:
        """How many numbers below the highest have not come."""
        if self.contiguous is None:
            return 0
        return self.highest - self.contiguous - len(self._above) - len(self._waiting)

    def lost(self, seq: int) -> int:
        """The highest number up to `seq` that may be given up: one that came but is not durable may not."""
        seq = min([seq, *(waiting - 1 for waiting in self._waiting)])
        while seq in self._above:
            seq -= 1
        return seq


class Holes:
    """When to ask again for missing numbers, and when to give them up, over all connections to one feed. Times are any
    monotonic clock's seconds. `told`: what is missing up to this number was told of as lost.
    """

    def __init__(self, after_s: float) -> None:
        self._after_s = after_s
        self._cursor: Cursor | None = None
        self._since: float | None = None
        self._at: int | None = None
        self._tries = 0
        self.told = 0
        self.upto = 0  # what had been announced when the missing numbers were last asked for

    def subscribed(self) -> None:
        """What is missing was asked for just now."""
        self._since = None

    def overdue(self, cursor: Cursor, now: float, *, head: int, idle: bool) -> bool:
        """Whether numbers have been missing long enough to act. `idle`: the line carries nothing that could bring them."""
        if cursor is not self._cursor:  # numbers begin anew
            self._cursor, self._at, self.told = cursor, None, 0
        if cursor.contiguous != self._at:
            self._since, self._at, self._tries = None, cursor.contiguous, 0
        behind = head > max(cursor.highest, self.told)
        if cursor.contiguous is None or not (cursor.holes or behind):
            self._since = None
            return False
        if self._since is None:
            self._since = now
        patience: float = self._after_s * (1 << self._tries)
        return now - self._since >= patience and (idle or cursor.holes > 0)

    def ask(self, now: float, upto: int) -> bool:
        """Whether to ask again, for numbers up to `upto`; false when that was done often enough."""
        self._since = now
        if self._tries == TRIES:
            return False
        self._tries, self.upto = self._tries + 1, upto
        return True
