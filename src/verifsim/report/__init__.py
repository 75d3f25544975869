"""Results as one page for people who never ran the tool: what was asked, found, assumed and left out.

``page`` puts together what the other files gather, each a section of the page, and ``report.html.jinja`` lays
it out. Nothing here draws or computes what is not said elsewhere too.
"""

from verifsim.report.page import html, write_report

__all__ = ["html", "write_report"]
