"""The social rules, one a file.  Each declares its parameters above the functions that read them."""
