"""Renders one notebook: `python render.py FILE.ipynb`. Prints {"body": HTML, "css": CSS}.

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

notebook = nbformat.read(sys.argv[1], as_version=4)
for cell in notebook.cells:
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        for mime in [mime for mime in data if mime.startswith("application/vnd.")]:
            del data[mime]
        if "image/png" in data:
            data.pop("text/html", None)

body, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
light = HtmlFormatter(style="default").get_style_defs(".highlight")
dark = HtmlFormatter(style="monokai").get_style_defs(".highlight")
css = f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
print(json.dumps({"body": body, "css": css}))
