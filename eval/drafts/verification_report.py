"""docs/verification.md: what the check catches, what it misses, and what it rejects wrongly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from assistant.model.wording import FAULTS
from assistant.verification.support import Bounds
from eval.drafts.draft_faults import FAULT_CLASSES
from eval.drafts.verification_suite import Checked, Measured
from eval.scoring.statistics import wilson

PARTS = {
    "reglage": "phrases écrites à la main, part de réglage",
    "gardees": "phrases écrites à la main, part gardée précédente",
    "fraiches": "phrases écrites à la main, part gardée",
    "enregistrements": "phrases tirées des enregistrements",
}


def verification_report(measures: Sequence[Measured], bounds: Bounds) -> str:
    """The report, in French Markdown."""
    lines = ["# Vérification des phrases d'un modèle", "", _HEAD, ""]
    for measured in measures:
        lines += _edition(measured)
    lines += _how(bounds)
    return "\n".join(lines).rstrip() + "\n"


def share_caught(rows: Sequence[Checked]) -> float:
    """Share of the bad sentences that are rejected; 1 when there is none."""
    return sum(c.right for c in rows) / len(rows) if rows else 1.0


def share_rejected(rows: Sequence[Checked]) -> float:
    """Share of the good sentences that are rejected; 0 when there is none."""
    return sum(not c.right for c in rows) / len(rows) if rows else 0.0


def _edition(measured: Measured) -> list[str]:
    lines = [
        f"## {measured.title}",
        "",
        "| part | justes | rejetées à tort | fautives | attrapées |",
        "|---|---|---|---|---|",
    ]
    for part, name in PARTS.items():
        good, bad = measured.good.get(part, ()), measured.bad.get(part, ())
        if good:
            rejected = _with_interval(sum(not c.right for c in good), len(good))
            caught = _with_interval(sum(c.right for c in bad), len(bad))
            lines.append(f"| {name} | {len(good)} | {rejected} | {len(bad)} | {caught} |")
    lines += ["", "| faute | ce que c'est | plantées | attrapées | manquées |", "|---|---|---|---|---|"]
    every = [c for rows in measured.bad.values() for c in rows]
    planted = Counter(c.sample.fault for c in every)
    missed = Counter(c.sample.fault for c in every if not c.right)
    for name, meaning in FAULT_CLASSES.items():
        if planted[name]:
            lines.append(
                f"| {name} | {meaning} | {planted[name]} | {planted[name] - missed[name]} | {missed[name]} |"
            )
    return [*lines, "", *(_examples(measured) if measured.quotes else [])]


def _with_interval(count: int, total: int) -> str:
    """ "5 (4,9 % ; 2,1 – 11,0)": the share with Wilson's interval at 95 %."""
    found = wilson(count, total)
    value, low, high = (f"{100 * x:.1f}".replace(".", ",") for x in (found.value, found.low, found.high))
    return f"{count} ({value} % ; {low} – {high})"


def _examples(measured: Measured) -> list[str]:
    wrong, missed = (
        [c for part, rows in parts.items() if part != "gardees" for c in rows if not c.right]
        for parts in (measured.good, measured.bad)
    )
    lines = ["Phrases justes rejetées, part gardée non montrée, et la raison donnée :", ""]
    lines += [f"- {c.sample.text} *({FAULTS[c.fault.code]})*" for c in wrong if c.fault] or ["- aucune"]
    lines += ["", "Phrases fautives manquées (celles qui reprennent un enregistrement sont coupées) :", ""]
    lines += [f"- {c.sample.fault} : {_short(c.sample.text)}" for c in missed] or ["- aucune"]
    return [*lines, ""]


def _short(text: str) -> str:
    return text if len(text) <= 170 else f"{text[:90]} […] {text[-70:]}"


def _how(bounds: Bounds) -> list[str]:
    in_service = _BOUNDS.format(
        surely=bounds.surely, least=bounds.least, weakest=bounds.weakest, margin=-bounds.margin
    )
    return [
        "## Comment une phrase est vérifiée",
        "",
        _ORDER,
        "",
        in_service,
        "",
        "## Ce qu'elle ne sait pas faire",
        "",
        _LIMITS,
    ]


_HEAD = """\
Fait par `cct eval verification --report docs/verification.md`. Chaque phrase juste reçoit, une à une, toutes
les fautes qui peuvent y être plantées ; le vérificateur voit la phrase, le passage cité et cinq passages
voisins. Les intervalles sont ceux de Wilson à 95 %. Les bornes et les règles ont été réglées sur les parts de réglage
et sur les enregistrements ; les parts gardées, sur d'autres passages, n'ont servi qu'à mesurer. Celle des documents
officiels, sur le guide et les composants, a été mesurée une fois, le 26 novembre 2026 ; celle de la démonstration,
deux fois, sans être lue. Une part gardée précédente (113 phrases sur les exigences : 20,4 % de justes rejetées,
97,9 % de fautives attrapées) a été lue et a rejoint le réglage. La même main a écrit phrases et règles : d'autres
rédacteurs diraient autrement, et l'écart entre réglage et part gardée dit ce que valent les règles ailleurs."""
_ORDER = """\
Dans l'ordre, et la première faute suffit : forme et langue ; renvois, qui doivent désigner des passages donnés
; puis, pour chaque partie de la phrase, contre les passages de ses propres renvois : identifiants, types P et I
(et le document où ils valent), citations mot pour mot, adresses, nombres avec leur unité et leur voisinage,
noms techniques, modalité, négation, contraires ; enfin l'appui, c'est-à-dire la part des mots pleins que le
passage a, lui-même ou par un synonyme du vocabulaire des exigences (mots rares comptés davantage, verbes qui disent
peu comptés moins), celle du groupe de quatre mots le moins couvert, et la proximité
d'embedding quand les mots ne suffisent pas."""
_BOUNDS = """\
Bornes en service : appui par les mots seuls dès {surely:.2f}, jamais sous {least:.2f} ; groupe le moins couvert
au moins {weakest:.2f} ; un autre passage ne doit pas couvrir la phrase de plus de {margin:.2f} de mieux. Elles
sont ajustées par `cct eval verification --fit --write`."""
_LIMITS = """\
- Un synonyme peut changer le sens sans changer un mot que nous connaissons ; un nom propre qui commence la
  phrase n'est pas reconnu comme un nom.
- « deux » compte comme un nombre, même dans une tournure où le passage ne compte pas : la phrase est alors
  rejetée à tort, et le modèle la reprend.
- Une phrase juste dont aucun mot ni synonyme connu n'est dans le passage est rejetée : nous préférons le texte du
  document. La proximité d'embedding, même apprise, ne la sauve pas : elle dit de quoi parle une phrase, pas si elle
  dit vrai.
- Un ajout de quelques mots dont l'un a un synonyme dans le passage peut passer.
- Les règles de négation et de modalité sont des règles de surface du français, pas une analyse : une double
  négation (« un pod qui ne respecte pas… » pour « qui enfreint ») est rejetée à tort."""
