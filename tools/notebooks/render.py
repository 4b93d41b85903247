"""Renders notebooks: `python render.py FILE.ipynb …`. Prints a line {"body": HTML, "css": CSS} for each.

Figures become their stored pictures; formulas become <descent-tex> elements, for whoever sets them.
"""

import json
import sys
from html import escape

import nbformat
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer
from pygments.formatters import HtmlFormatter


def formula(display):
    def render(self, body):
        return f'<descent-tex display="{display}">{escape(body.strip())}</descent-tex>'

    return render


IPythonRenderer.block_math = formula("block")
IPythonRenderer.inline_math = formula("inline")
IPythonRenderer.latex_environment = lambda self, name, body: formula("block")(
    self, f"\\begin{{{name}}}{body}\\end{{{name}}}"
)

LIGHT = HtmlFormatter(style="default").get_style_defs(".highlight")
DARK = HtmlFormatter(style="monokai").get_style_defs(".highlight")
CSS = f"{LIGHT}\n@media (prefers-color-scheme: dark) {{\n{DARK}\n}}\n"


def prepare(data, metadata):
    """Leaves of an output's forms the one that a page without scripts shows best."""
    for mime in [mime for mime in data if mime.startswith("application/vnd.")]:
        del data[mime]
    if "image/png" in data:
        # The picture's alternative text is what the figure says of itself.
        metadata.setdefault("image/png", {}).setdefault("alt", data.get("text/plain", ""))
        data.pop("text/html", None)
    if "text/latex" in data:
        tex = data["text/latex"].strip().removeprefix("$$").removesuffix("$$")
        data["text/html"] = f'<descent-tex display="block">{escape(tex)}</descent-tex>'
        del data["text/latex"]


for file in sys.argv[1:]:
    notebook = nbformat.read(file, as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            prepare(output.get("data", {}), output.get("metadata", {}))
    body, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    print(json.dumps({"body": body, "css": CSS}), flush=True)
