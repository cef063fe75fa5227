"""Configuration of the documentation, and the pages that are written from the package itself."""

import os
import shutil
import sys
from pathlib import Path

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

import commands  # noqa: E402
import curves_of_laws  # noqa: E402
import gallery  # noqa: E402
import generate  # noqa: E402

import bayescale  # noqa: E402

os.environ["CI"] = "true"  # no progress bars in the pages

project = "bayescale"
author = "The bayescale developers"
copyright = author
version = release = bayescale.__version__

extensions = ["sphinx.ext.autodoc", "numpydoc", "myst_nb"]
exclude_patterns = [
    "_build",
    "*.py",
    "pictures",
]  # scripts beside the pages; the examples are pages
default_role = "py:obj"
html_theme = "pydata_sphinx_theme"
html_title = "bayescale"
html_math_renderer = "mathml"
html_show_sourcelink = False
html_static_path = ["static"]
html_css_files = ["pages.css"]
# Pages of the top level, and sections of one page, have nothing to navigate.
html_sidebars = {"*": [], "gallery/*": [], "api/*": []}
html_theme_options = {
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "header_links_before_dropdown": 8,
}

autodoc_typehints = "none"
autodoc_member_order = "bysource"
add_module_names = False
numpydoc_show_class_members = False

nb_custom_formats = {".py": ["jupytext.reads", {"fmt": "py:percent"}]}
nb_execution_mode = "cache"
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_output_stderr = "remove"


def write_pages(_app):
    """Write the pages that follow from the package, and copy the examples to where pages are."""
    shutil.rmtree(DOCS / "examples", ignore_errors=True)
    examples = sorted((DOCS.parent / "examples").glob("[!_]*.py"))
    gallery.draw_gallery()
    curves_of_laws.draw_curves(DOCS / "curves")
    pages = (
        generate.law_pages()
        | generate.api_page()
        | generate.evidence_page()
        | generate.examples_page(examples)
        | gallery.gallery_page()
        | commands.command_page()
    )
    for name, text in pages.items():
        path = DOCS / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for path in (DOCS / "laws").glob("*.md"):
        if f"laws/{path.name}" not in pages:
            path.unlink()
    for example in examples:
        shutil.copy2(example, DOCS / "examples")


def visit_math(translator, node, block=False):
    """Write a formula as MathML, which browsers show without fetching anything."""
    mathml = tex2mathml(node.astext(), as_block=block)
    translator.body.append(f'<div class="formula">{mathml}</div>' if block else mathml)
    raise nodes.SkipNode


def setup(app):
    app.connect("builder-inited", write_pages)
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(visit_math, None),
        block_renderers=(lambda translator, node: visit_math(translator, node, block=True), None),
    )
