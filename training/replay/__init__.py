"""Replays: a recording driven through gateway, subscriber, desk and board once more, on a clock and a log of its own.

`Replays` opens and closes them. docs/training.md says what a trainer sees, docs/decisions/ why the same recording always gives
the same log.
"""

from training.replay.replays import Replays as Replays
