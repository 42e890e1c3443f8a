"""Markdown from a site that mixes tags in it: the tags go, the text and the links stay, as Markdown.

What comes out is kept, not shown: pages clean it again. Only shapes are known here, no site.
"""

import re

# Bounded runs, and words of a link that stop at the next tag: the time taken grows as the text does, whatever it is.
_ATTRIBUTES = r"""(?:\s(?:"[^"]{0,2000}"|'[^']{0,2000}'|[^<>"']){0,400})?"""
_DROPPED = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style|iframe)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(rf"<(Button|External|a)\b({_ATTRIBUTES})>([^<]*)</\1\s*>")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_SUMMARY = re.compile(r"<summary\b[^<>]{0,500}>([^<]*)</summary\s*>", re.IGNORECASE)
_BREAK = re.compile(r"<br\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(rf"</?[A-Za-z][A-Za-z0-9]*{_ATTRIBUTES}/?>")
_BLANKS = re.compile(r"\n{3,}")


def without_tags(text: str) -> str:
    """Links of `Button`, `External` and `a` become Markdown links; buttons that lead inside their own site go."""
    text = _DROPPED.sub("", text)
    text = _LINK.sub(_as_link, text)
    text = _SUMMARY.sub(lambda found: f"**{found[1].strip()}**\n", text)
    text = _BREAK.sub("\n", text)
    text = _TAG.sub("", text)
    lines = (line if line.strip() else "" for line in text.split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()


def _as_link(found: re.Match[str]) -> str:
    tag, attributes, words = found[1], found[2], found[3].strip()
    href = _HREF.search(attributes)
    address = (href[1] or href[2] or "").strip() if href else ""
    if address.startswith(("https://", "http://")) and not re.search(r"[\s()<>]", address):
        return f"[{words}]({address})"
    return "" if tag == "Button" else words
