"""The site: ``sphinx-build -W -c docs . build/site``.

Its source is the whole repository, so that a page lies in the site where its file lies here, and relative
links lead to the same in both.
"""

from importlib.metadata import version as version_of

project = author = "verifsim"
copyright = "the verifsim developers, MIT licence"
release = version = version_of("verifsim")

root_doc = "docs/index"
include_patterns = [
    "*.md",
    "docs/**.md",
    "notebooks/*.ipynb",
    "scenarios/README.md",
    "benchmarks/*.md",
    "examples/*/README.md",
]
exclude_patterns = [".*", "**/.*", "build", "dist", "results"]

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]

nb_execution_mode = "off"  # notebooks are shown as they are committed
myst_heading_anchors = 3

default_role = "code"  # a name between single backticks, in docstrings
highlight_language = "text"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
napoleon_custom_sections = ["Returns"]  # what is returned is described in prose, without a type

html_theme = "furo"
html_title = "verifsim"
html_static_path = ["site/static"]
html_css_files = ["site.css"]
html_extra_path = ["site/index.html"]  # what opens the site leads to its first page
html_copy_source = False
html_show_sphinx = False
