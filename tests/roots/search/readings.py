"""A stub: the role ``sic``, ``source=>reading``, gives a node that holds both readings."""

from docutils import nodes


class emendation(nodes.Inline, nodes.TextElement):
    """Its text is the reading, its attribute the source's."""


def sic(_name, rawtext, text, _line, _inliner, _options=None, _content=None):
    source, _arrow, reading = text.partition("=>")
    return [emendation(rawtext, reading, source=source)], []


def visit(self, node):
    self.body.append(f'<span class="emendation"><ins>{node.astext()}</ins>'
                     f'<del style="display: none">{node["source"]}</del></span>')  # fmt: skip
    raise nodes.SkipNode


def plain(self, node):
    """Its text stands for it."""


def setup(app):
    app.add_node(emendation, html=(visit, None), text=(plain, plain))
    app.add_role("sic", sic)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
