"""Many runs: which, on how many threads, and where their rows go."""
