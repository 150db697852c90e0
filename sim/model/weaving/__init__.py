"""The coordinator's levers, one kind a file, and the policy that says which, when and at what price."""
