"""By which account of this machine a command runs."""

import os
import pwd


def this_account() -> str:
    """By the process itself: what the environment calls it (`LOGNAME`) is whatever somebody wrote there."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # an account that only a directory or a container knows
        return f"uid {os.getuid()}"
