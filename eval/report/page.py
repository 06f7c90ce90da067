"""The page around the sections: one file, in French, no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_STYLE = """
:root{color-scheme:light dark;--ink:#161616;--paper:#fff;--quiet:#5b5b5b;--rule:#ddd;--soft:#f4f4f8;--blue:#000091;
--red:#b3261e;--green:#0b6b3a;--amber:#8a5a00}
@media (prefers-color-scheme:dark){:root{--ink:#eee;--paper:#161616;--quiet:#b5b5b5;--rule:#444;--soft:#242430;
--blue:#9a9aff;--red:#ff8a80;--green:#7bd8a0;--amber:#f0c060}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:1.5rem;font:1rem/1.55 system-ui,sans-serif;color:var(--ink);
background:var(--paper)}
h1{font-size:1.7rem;line-height:1.2;margin:.2em 0}h2{font-size:1.25rem;margin:2.2em 0 .6em;
border-top:1px solid var(--rule);padding-top:1em}h3{font-size:1.05rem;margin:1.4em 0 .4em}
a{color:var(--blue)}nav ul{columns:2;padding-left:1.2em}
.verdict{font-size:1.15rem;border-left:.4rem solid var(--blue);
padding:.6em 1em;background:var(--soft);margin:1em 0}.verdict.bad{border-color:var(--red)}
.verdict.good{border-color:var(--green)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem;margin:.6em 0}
caption{text-align:left;font-weight:600;padding:.3em 0}th,td{border-bottom:1px solid var(--rule);padding:.3em .6em;
text-align:left;vertical-align:top}thead th{border-bottom:2px solid var(--ink)}tbody th{font-weight:400}
td.n{font-variant-numeric:tabular-nums;white-space:nowrap}figure{margin:1em 0}figcaption{color:var(--quiet);
font-size:.9rem}svg{max-width:100%;height:auto;font:12px system-ui,sans-serif;display:block}svg text{fill:var(--ink)}
svg .g{stroke:var(--rule)}svg .c{stroke:var(--blue);stroke-width:2}svg .cf{fill:var(--blue)}
svg .w{stroke:var(--red);stroke-width:2}svg .wf{fill:var(--red)}svg .b{stroke:var(--quiet);stroke-width:1.5}
svg .bo{fill:none;stroke:var(--quiet);stroke-width:1.5}svg .k{stroke:var(--ink)}svg .lost{fill:var(--red)}
svg .won{fill:var(--green)}svg .p{fill:none;stroke:var(--blue);stroke-width:2}svg .h-ok{fill:var(--green)}
svg .h-ko{fill:var(--red)}svg .h-stale{fill:var(--rule)}svg .h-abstain{fill:none;stroke:var(--green)}
svg .x{stroke:var(--paper);stroke-width:1.6;fill:none}svg .h-stale+.x{stroke:var(--ink)}
details{border:1px solid var(--rule);border-radius:.3rem;margin:.5em 0;padding:.3em .8em}summary{cursor:pointer}
summary:focus-visible,a:focus-visible,.scroll:focus-visible{outline:3px solid var(--blue);outline-offset:2px}
blockquote{margin:.5em 0;padding:.3em .9em;border-left:.25rem solid var(--rule);white-space:pre-wrap}
mark{color:inherit;background:none;border-bottom:.18em solid var(--green)}mark.bad{border-bottom-color:var(--red);
border-bottom-style:double}mark .class{font-size:.8em;color:var(--quiet)}del{color:var(--red)}ins{color:var(--green)}
.gold{font-weight:600}.tag{border:1px solid var(--rule);border-radius:.8em;padding:0 .5em;font-size:.85em}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em}dt{color:var(--quiet)}dd{margin:0;
overflow-wrap:anywhere}footer{margin-top:3em;color:var(--quiet);font-size:.9rem}
@media print{body{max-width:none}details{break-inside:avoid}}
"""


def page(title: str, lead: str, contents: Sequence[tuple[str, str]], sections: Sequence[str]) -> str:
    """The whole document; `contents` are (anchor, title), `lead` is HTML."""
    links = "".join(f'<li><a href="#{anchor}">{escape(name)}</a></li>' for anchor, name in contents)
    body = "\n".join(sections)
    return f"""<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<header><h1>{escape(title)}</h1>
{lead}
</header>
<nav aria-label="Sections"><ul>{links}</ul></nav>
<main>
{body}
</main>
<footer>Fait par « cct eval report ». Aucun script, rien n'est chargé d'ailleurs.</footer>
</body>
</html>
"""
