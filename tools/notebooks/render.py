"""Renders notebooks: `python render.py WORDS FILE.ipynb …`. Prints a line {"body": HTML} for each.

Figures become their stored pictures, the code of a cell whose source is hidden is folded away behind the words; formulas become <descent-tex> elements, for whoever sets them. What could run, or
ask a network by itself, does not pass, be it Markdown or an output: a page is as safe as a text.
"""

import json
import re
import sys
from base64 import b64encode
from html import escape

import nbformat
from bleach.css_sanitizer import ALLOWED_CSS_PROPERTIES, CSSSanitizer
from bleach.html5lib_shim import Filter
from bleach.sanitizer import Cleaner
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer


def formula(display):
    def render(self, body):
        return f'<descent-tex display="{display}">{escape(body.strip())}</descent-tex>'

    return render


IPythonRenderer.block_math = formula("block")
IPythonRenderer.inline_math = formula("inline")
IPythonRenderer.latex_environment = lambda self, name, body: formula("block")(
    self, f"\\begin{{{name}}}{body}\\end{{{name}}}"
)

TAGS = """
a abbr b blockquote br caption code col colgroup dd del descent-tex details div dl dt em figcaption figure h1 h2 h3 h4
h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul
var
""".split()
# Their content is no text for readers: it goes with them.
WITH_CONTENT = "iframe math noscript object script select style svg template textarea title".split()
SHARED = ["class", "id", "lang", "style", "title"]
STYLES = {*ALLOWED_CSS_PROPERTIES, *"""
align-items border border-bottom border-left border-radius border-right border-top column-gap display flex flex-wrap
font-family font-size gap grid-template-columns justify-content margin max-width min-width opacity overflow-x padding
row-gap white-space
""".split()}


def plain(address):
    """An address as a browser reads it: without the blanks and control characters that it skips."""
    return re.sub(r"[\x00-\x20\x7f]", "", address).lower()


def link(tag, name, value):
    return name in SHARED or (name == "href" and not plain(value).startswith("data:"))


def picture(tag, name, value):
    inside = plain(value).startswith("data:image/") or not re.match(r"[a-z][a-z0-9+.-]*:|//|\\\\", plain(value))
    return name in (*SHARED, "alt", "width", "height") or (name == "src" and inside)


class WithoutCode(Filter):
    """Drops elements together with what is in them."""

    def __iter__(self):
        inside = []
        for token in super().__iter__():
            name = token.get("name", "").lower()
            if token["type"] == "StartTag" and name in WITH_CONTENT:
                inside.append(name)
            elif token["type"] == "EndTag" and name in inside:
                inside.remove(name)
            elif not inside and name not in WITH_CONTENT:
                yield token


CLEANER = Cleaner(
    tags=[*TAGS, *WITH_CONTENT],
    attributes={
        "*": SHARED,
        "a": link,
        "img": picture,
        "details": ["open"],
        "ol": ["start"],
        "td": ["colspan", "rowspan"],
        "th": ["colspan", "rowspan", "scope"],
        "descent-tex": ["display"],
    },
    protocols=["http", "https", "mailto", "data"],
    css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES),
    strip=True,
    filters=[WithoutCode],
)
# Within single quotes, which it would take around a text with double ones, bleach escapes every & twice.
CLEANER.serializer.use_best_quote_char = False


# JupyterLab folds such a cell by itself; nbconvert shows its code like any other.
TEMPLATE = """
{%- extends 'basic/index.html.j2' -%}
{%- block input_group -%}
{%- if cell.metadata.get("jupyter", {}).get("source_hidden") -%}
<details><summary>FOLD</summary>{{ super() }}</details>
{%- else -%}
{{ super() }}
{%- endif -%}
{%- endblock input_group -%}
"""


def prepare(data, metadata):
    """Leaves of an output's forms the one that a page without scripts shows best."""
    for mime in [mime for mime in data if mime.startswith("application/vnd.") or mime == "application/javascript"]:
        del data[mime]
    if "image/svg+xml" in data:
        # As a picture, in which no script runs.
        source = b64encode("".join(data.pop("image/svg+xml")).encode()).decode()
        alt = escape(data.get("text/plain", ""))
        data["text/html"] = f'<img src="data:image/svg+xml;base64,{source}" alt="{alt}">'
    if "image/png" in data:
        # The picture's alternative text is what the figure says of itself.
        metadata.setdefault("image/png", {}).setdefault("alt", data.get("text/plain", ""))
        data.pop("text/html", None)
    if "text/latex" in data:
        tex = data["text/latex"].strip().removeprefix("$$").removesuffix("$$")
        data["text/html"] = f'<descent-tex display="block">{escape(tex)}</descent-tex>'
        del data["text/latex"]


for file in sys.argv[2:]:
    notebook = nbformat.read(file, as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            prepare(output.get("data", {}), output.get("metadata", {}))
    body, _ = HTMLExporter(template_name="basic", raw_template=TEMPLATE.replace("FOLD", escape(sys.argv[1]))).from_notebook_node(notebook)
    print(json.dumps({"body": CLEANER.clean(body)}), flush=True)
