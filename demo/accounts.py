"""The demo's accounts: fictional, in a file that ends with it, and nowhere else."""

from pathlib import Path

from argon2 import PasswordHasher

from dashboard.access.accounts import Accounts
from incidents.roles import Role

PASSWORD = "vigie-demo"
ZONE = "5415"  # PZ Gent
NAMES = ("dispatcher", "dispatcher2", "supervisor", "trainer", "auditor", "technician", "zone", "keeper")
MORE: dict[str, tuple[Role, ...]] = {"supervisor": ("trainer",)}  # who reviews an incident may record it for training
OFFERED = tuple((name, PASSWORD) for name in NAMES)


def demo_accounts(path: Path) -> Accounts:
    """One account for each role, made anew. Everybody knows its password: its hash need not cost anything."""
    accounts = Accounts(path, hasher=PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    for name in NAMES:
        accounts.add(name, [name.rstrip("2"), *MORE.get(name, ())], PASSWORD, zone=ZONE if name == "zone" else "")
    return accounts
