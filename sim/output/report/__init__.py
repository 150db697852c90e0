"""Self-contained HTML pages, and the report of a results folder.

`page` and the templates make a page from sections and figures.  For a report, `findings` runs every analysis,
`sentences` puts findings into words, `sections` and `odd` make the sections, and `report_page` the page.
"""
