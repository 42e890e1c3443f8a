"""Licences by their SPDX identifier, when what a source wrote is one; a wording is never guessed into another licence."""

import re

# The identifiers met in public catalogues, out of the SPDX list (spdx.org/licenses); deprecated ones stay valid.
_KNOWN = """
    0BSD AFL-3.0 AGPL-1.0 AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-2.0 BlueOak-1.0.0
    BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent BSD-3-Clause BSD-3-Clause-Clear BSD-4-Clause BSL-1.0 CC-BY-1.0 CC-BY-2.0
    CC-BY-2.5 CC-BY-3.0 CC-BY-4.0 CC-BY-NC-4.0 CC-BY-NC-ND-4.0 CC-BY-NC-SA-3.0 CC-BY-NC-SA-4.0 CC-BY-ND-4.0 CC-BY-SA-2.0
    CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1 CECILL-1.0 CECILL-1.1 CECILL-2.0 CECILL-2.1 CECILL-B CECILL-C CPAL-1.0
    CPL-1.0 ECL-2.0 EPL-1.0 EPL-2.0 etalab-2.0 EUPL-1.0 EUPL-1.1 EUPL-1.2 FTL GFDL-1.3 GFDL-1.3-only GFDL-1.3-or-later
    GPL-1.0-or-later GPL-2.0 GPL-2.0-only GPL-2.0-or-later GPL-3.0 GPL-3.0-only GPL-3.0-or-later HPND ICU IJG ImageMagick ISC
    LGPL-2.0 LGPL-2.0-only LGPL-2.0-or-later LGPL-2.1 LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0 LGPL-3.0-only
    LGPL-3.0-or-later LiLiQ-P-1.1 LiLiQ-R-1.1 LPPL-1.3c MIT MIT-0 MPL-1.1 MPL-2.0 MPL-2.0-no-copyleft-exception MS-PL MS-RL
    NCSA ODbL-1.0 ODC-By-1.0 OFL-1.0 OFL-1.1 OpenSSL OSL-3.0 PDDL-1.0 PHP-3.0 PHP-3.01 PostgreSQL PSF-2.0 Python-2.0 QPL-1.0
    Ruby Sleepycat TCL UPL-1.0 Unlicense Vim W3C WTFPL X11 Zlib ZPL-2.1
"""
_BY_FOLDED = {name.lower(): name for name in _KNOWN.split()}
_SAME = {"licence ouverte 2.0": "etalab-2.0", "licence ouverte / open licence version 2.0": "etalab-2.0"}
_JOINED_BY = frozenset({"AND", "OR", "WITH"})
_PARTS = re.compile(r"\(|\)|[^\s()]+")


def spdx_licence(text: str) -> str:
    """The identifier as SPDX writes it, or "" when the text is not one that is known here."""
    folded = " ".join(text.split()).lower()
    base = folded.removesuffix("+")
    known = _BY_FOLDED.get(base, "")
    return _SAME.get(folded) or (known + folded[len(base) :] if known else "")


def spdx_expression(text: str) -> str:
    """An SPDX expression: identifiers joined by AND, OR and WITH, in parentheses; "" when it is none that can be checked.

    What follows WITH is kept as it is written.
    """
    if alone := spdx_licence(text):
        return alone
    written: list[str] = []
    depth, due = 0, True
    for part in _PARTS.findall(text):
        if part == "(" if due else part == ")":
            depth += 1 if due else -1
        elif due:
            named = part if written[-1:] == ["WITH"] else _named(part)
            if not named:
                return ""
            written.append(named)
            due = False
            continue
        elif part in _JOINED_BY:
            due = True
        else:
            return ""
        if depth < 0:
            return ""
        written.append(part)
    return "" if due or depth else " ".join(written).replace("( ", "(").replace(" )", ")")


def _named(part: str) -> str:
    """A known identifier, alone or followed by one of the two endings that the standard accepts over any of them."""
    base = part.removesuffix("-or-later").removesuffix("-only")
    return spdx_licence(part) or (part if spdx_licence(base) else "")
