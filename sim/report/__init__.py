"""HTML pages that stand alone: a page of sections, blocks and figures, and the report of a results folder.

page.py     a page from sections of blocks     svg.py    a matplotlib figure as inline SVG, light and dark
template.html, style.css                       their looks, for screen, phone and print
"""
