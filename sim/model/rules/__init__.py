"""The social rules, one file each.  Parameters are declared above the functions that read them."""
