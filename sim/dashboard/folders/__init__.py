"""Folders that batch runs left, which are only read.  `shelf` lists them; `opened`, `told` show one; `sides`, `beside` several.

`readable`: what may be read at all; `takeaway`: what can be downloaded.
"""
