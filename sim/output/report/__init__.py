"""Self-contained HTML pages, and the report of a results folder.

`page` and the templates make a page from sections and figures.  For a report, `findings` runs every analysis,
`sentences` puts findings into words, `sections` makes the sections, and `report_page` the page.
"""
