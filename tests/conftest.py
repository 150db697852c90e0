"""How hypothesis runs: without a deadline, since a first call compiles; the same examples every time under CI."""

import os

from hypothesis import settings

settings.register_profile("gennet", deadline=None, derandomize=os.environ.get("CI", "").lower() == "true")
settings.load_profile("gennet")
