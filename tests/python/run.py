"""pytest, where it and NumPy are; else says that the tests are skipped, as ctest counts them."""

import sys

try:
    import numpy  # noqa: F401
    import pytest
except ImportError as error:
    print(f"SKIPPED: {error}")
    sys.exit(0)

sys.exit(pytest.main(["-q", "-rs", "-p", "no:cacheprovider", "--rootdir", ".", *sys.argv[1:]]))
