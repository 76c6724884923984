from pathlib import Path

import pytest

from tests.install.parts import wheel


@pytest.fixture(scope="package")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vigie's wheel, made once."""
    return wheel(tmp_path_factory.mktemp("wheel"))
