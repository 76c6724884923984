"""By which account of this machine a command runs."""

import getpass
import os


def this_account() -> str:
    """By the process itself: what the environment calls it (`LOGNAME`) is whatever somebody wrote there."""
    try:
        import pwd
    except ImportError:  # Windows
        return getpass.getuser()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # an account that only a directory or a container knows
        return f"uid {os.getuid()}"
