"""Look for garbage seldom, once this module is imported.

Libraries that are loaded leave none, and looking for it takes a sixth of the time.
"""

import gc

gc.set_threshold(50_000, 20, 50)
