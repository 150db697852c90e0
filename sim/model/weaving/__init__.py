"""The coordinator's levers, one kind per file, and the policy that shares hours out over them."""
