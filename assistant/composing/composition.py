"""The extractive answer: the documents' own words, with what they are, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from assistant.answer import Citation, Notice, Place, Status
from assistant.composing.antecedents import antecedent, label_taken_up
from assistant.composing.citations import CUT, lines_at, quote_of, repeats
from assistant.composing.lists import introductions, joined, with_its_items, with_its_measures
from assistant.composing.sentence_choice import LONGEST_BESIDE, LONGEST_QUOTE, decisive
from assistant.question.expected_kind import asks_how
from assistant.search.french_text import tokens
from assistant.selection import Library, Selection
from assistant.wording import abstention, nearest_passage
from ingest.passage import PRIORITY_NAMES, Located, Passage, Priority
from ingest.reading.quote_form import is_verbatim


@dataclass(slots=True)
class Draft:
    """An answer while it is composed."""

    status: Status = "answered"
    paragraphs: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    types: dict[Priority, str] = field(default_factory=dict)
    """The types of the requirements that it shows, each with the source of the first."""
    nearest: Place | None = None

    def warn(self, code: str, message: str) -> None:
        """Adds a warning once."""
        if all(w.message != message for w in self.warnings):
            self.warnings.append(Notice(code, message))  # type: ignore[arg-type]  # the codes are written below


class Composer:
    """Writes drafts over one selection of revisions."""

    def __init__(self, library: Library, selection: Selection, sources: Sequence[str] = ()) -> None:
        self._library = library
        self._selection = selection
        self._sources = tuple(sources)

    def passages(self, question: str, units: Sequence[int], each: bool = False) -> Draft:
        """The units' decisive sentences, the first in front, the others as what else applies.

        With `each`, as in a comparison, every unit is shown whatever it repeats, and as long as the first.
        """
        draft = Draft()
        for n, (places, quote) in enumerate(self._quotations(question, units, each), 1):
            self.cite(draft, places, quote)
            if n == 2:
                draft.paragraphs.append("**À lire aussi**")
            self._show(draft, quote, n, places)
        return draft

    def abstained(self, nearest: int | None, suggestions: Sequence[str]) -> Draft:
        """What is said when nothing answers for sure: the revisions read, and the nearest passage by its name."""
        used, near = self._selection.used, None
        paragraphs = [abstention(used, {r.source: self.title(r.source) for r in used})]
        if nearest is not None:
            places = self._places(nearest)
            near = self._library.place(places[0])
            paragraphs.append(nearest_passage(self._name(places), near))
        return Draft("abstained", paragraphs, suggestions=list(suggestions), nearest=near)

    def record(self, draft: Draft, places: Sequence[Located], longest: int = 900, asked: str = "") -> int:
        """Adds a record, its text as whole as fits; returns its citation's number.

        `asked`: what is asked of it; of a long text, what answers is then quoted rather than its beginning.
        """
        passage = places[0].passage
        sentences = list(passage.sentences) or [passage.text]
        words, index = set(tokens(asked)), self._selection.index
        speaks_of_it = len(words) > 1 or bool(words & set(tokens(passage.text)))
        if speaks_of_it and passage.sentences and sum(len(s) + 1 for s in sentences) > longest:
            scored = index.sentence_scores(asked, index.by_key[places[0].key])
            kept = decisive(scored, LONGEST_QUOTE, asked, rule_first=passage.kind == "requirement")
        else:
            kept = _beginning(sentences, longest)
        quote = quote_of(sentences, kept, self._lines(places[0]))
        number = self.cite(draft, places, quote)
        self._show(draft, quote, number, places)
        return number

    def legend(self, draft: Draft) -> None:
        """Adds, once and after everything else, what the types that the draft shows mean."""
        meanings = {t: self._selection.meanings.get((source, t)) for t, source in draft.types.items()}
        lines = [f"_{t} : {found.text}_" for t, found in sorted(meanings.items(), reverse=True) if found]
        if lines:
            draft.paragraphs.append("\n\n".join(lines))

    def cite(self, draft: Draft, places: Sequence[Located], quote: str) -> int:
        """Adds a citation, not checked yet; returns its number."""
        shown = [self._library.place(p) for p in places]
        n = len(draft.citations) + 1
        draft.citations.append(
            Citation(n, shown[0], title_of(places[0].passage), quote, verified=False, also=tuple(shown[1:]))
        )
        return n

    def shown(self, quote: str, n: int, places: Sequence[Located]) -> str:
        """A quotation with its number, then what it is and where it stands."""
        return f"« {quote} » [{n}]\n\n— {self._name(places)}{self._introduced(places[0])}"

    def _show(self, draft: Draft, quote: str, n: int, places: Sequence[Located]) -> None:
        draft.paragraphs.append(self.shown(quote, n, places))
        for place in places:
            if place.passage.priority:
                draft.types.setdefault(place.passage.priority, place.source)
        self._conflicts(draft, places)

    def _quotations(self, question: str, units: Sequence[int], each: bool) -> list[tuple[list[Located], str]]:
        """Where to quote and what, without what repeats; a requirement stands for the paragraph that it repeats."""
        kept: list[tuple[list[Located], str]] = []
        for unit in units:
            longest = LONGEST_BESIDE if kept and not each else LONGEST_QUOTE
            places, quote = self._quotation(question, unit, longest, [quote for _, quote in kept])
            same = None if each else next((n for n, (_, other) in enumerate(kept) if repeats(other, quote)), None)
            if same is None:
                kept.append((places, quote))
            elif places[0].passage.kind == "requirement" and kept[same][0][0].passage.kind == "section":
                kept[same] = (places, quote) if same else self._quotation(question, unit, LONGEST_QUOTE)
        return kept

    def _quotation(
        self, question: str, unit: int, longest: int, said: Sequence[str] = ()
    ) -> tuple[list[Located], str]:
        """Where the unit stands, with the list that it begins as far as it is quoted, and the quotation.

        `said`: the quotations before it; what they hold is not taken up again.
        """
        parts, chosen = self._decisive(question, unit, longest, said)
        places = self._joined(parts, self._places(unit))
        return places, quote_of(places[0].passage.sentences, chosen, self._lines(places[0]))

    def _decisive(
        self, question: str, unit: int, longest: int, said: Sequence[str]
    ) -> tuple[list[Located], list[int]]:
        """The unit, with what it takes up and the list that it begins as far as it is quoted, and what to quote."""
        place, index = self._places(unit)[0], self._selection.index
        parts = self._followed(place)
        measures = with_its_measures(place, self._selection.following(place)) if asks_how(question) else []
        parts = measures if len(parts) == 1 and len(measures) > 1 and not said else parts
        scored = [s for part in parts for s in index.sentence_scores(question, index.by_key[part.key])]
        chosen = decisive(scored, longest, question, rule_first=place.passage.kind == "requirement")
        sizes = accumulate(len(part.passage.sentences) for part in parts)
        parts = parts[: next(n for n, size in enumerate(sizes, 1) if size > max(chosen))]
        above = self._taken_up(place) if 0 in chosen else []
        above = [] if any(part.passage.sentences[0] in quote for part in above for quote in said) else above
        more = sum(len(part.passage.sentences) for part in above)
        return [*above, *parts], [*range(more), *(n + more for n in chosen)]

    def _joined(self, parts: Sequence[Located], places: Sequence[Located]) -> list[Located]:
        """The parts as one place, and the other places of the unit, with the same parts where they have them."""
        whole = joined(parts)
        others = places[1:]
        longer = [joined(self._with_as_many(place, parts, places[0])) for place in others]
        same = [t.passage.fingerprint == whole.passage.fingerprint for t in longer]
        return [whole, *(t if ok else p for t, p, ok in zip(longer, others, same, strict=True))]

    def _with_as_many(self, place: Located, parts: Sequence[Located], first: Located) -> list[Located]:
        above = self._taken_up(place) if parts[0] != first else []
        count = len(parts) - len(above)
        followed = self._followed(place)
        measures = with_its_measures(place, self._selection.following(place))
        return [*above, *(followed if len(followed) > 1 or count == 1 else measures)[:count]]

    def _followed(self, place: Located) -> list[Located]:
        return with_its_items(place, self._selection.following(place))

    def _taken_up(self, place: Located) -> list[Located]:
        """The end of the passage above that names what the place begins by taking up."""
        above = antecedent(place.passage, self._selection.preceding(place))
        return [above] if above is not None else []

    def _introduced(self, place: Located) -> str:
        """What introduces the list where an item stands, or names whom it speaks of, in the document's own words."""
        chain = introductions(place.passage, self._selection.preceding(place))
        label = "" if chain else label_taken_up(place.passage, self._selection.preceding(place))
        above = self._selection.text(place.source, place.document) if chain or label else ""
        said = [text for text in chain or (label,) if text and is_verbatim(text, above)]
        if not said:
            return ""
        inside = " › ".join(text.rstrip(" :") for text in said)
        inside = inside.replace("*", "").replace("« ", "“").replace(" »", "”").replace("«", "“").replace("»", "”")
        return f" ({'dans la liste' if chain else 'sous'} : {inside})"

    def title(self, source: str) -> str:
        """The title of a source."""
        return self._library.manifest.get(source).title

    def _lines(self, located: Located) -> str:
        return lines_at(self._library.place(located), self._selection.text)

    def _name(self, places: Sequence[Located]) -> str:
        passage = places[0].passage
        sources = list(dict.fromkeys(p.source for p in places))
        where = " et ".join(self.title(s) for s in sources)
        if passage.kind == "requirement":
            types = {p.source: p.passage.priority for p in places}
            if len({p.passage.id for p in places}) > 1:  # the same text under an identifier of its own in each source
                named = {p.source: p.passage for p in reversed(places)}
                parts = [f"**{named[s].id}**, exigence {_type(named[s].priority)}, {self.title(s)}" for s in sources]
                return " ; ".join(parts)
            if len(set(types.values())) > 1:
                label = ", ".join(f"{_type(t)} dans {self.title(s)}" for s, t in types.items())
                return f"**{passage.id}**, exigence {label}"
            return f"**{passage.id}**, exigence {_type(passage.priority)}, {where}"
        if passage.kind == "component":
            return f"**{passage.id}** ({passage.title}), composant du socle, {where}"
        if passage.kind == "term":
            return f"**{passage.id}**, glossaire, {where}"
        if passage.kind == "norm":
            return f"normes applicables, {where}"
        heading = passage.title or "sans titre"
        return f"{heading}, {where}"

    def _places(self, unit: int) -> list[Located]:
        """The unit's places, those of the wanted sources in front."""
        located = self._selection.index.units[unit].located
        return sorted(located, key=lambda p: p.source not in self._sources) if self._sources else list(located)

    def _conflicts(self, draft: Draft, places: Sequence[Located]) -> None:
        """Warns of the same identifier with another type or text elsewhere, and of an id printed twice."""
        passage = places[0].passage
        if passage.kind != "requirement" or passage.id is None:
            return
        same_id = self._selection.by_id[passage.id.upper()]
        own = [p for p in same_id if p.source == places[0].source]
        if len(own) > 1:
            lines = " et ".join(str(p.passage.lines.start) for p in own)
            draft.warn(
                "duplicate_id",
                f"{passage.id} est imprimé {len(own)} fois dans {own[0].document} (lignes {lines}) : "
                "citez la ligne avec l'identifiant.",
            )
        for other in same_id:
            repeats = passage.origin == other.source and _same(other, passage)
            if other.source == places[0].source or repeats:
                continue
            self._warn_conflict(draft, places[0], other)

    def _warn_conflict(self, draft: Draft, one: Located, other: Located) -> None:
        order = [r.source for r in self._selection.revisions]
        one, other = sorted((one, other), key=lambda p: (order.index(p.source), p.passage.lines.start))
        a, b = one.passage, other.passage
        here, there = self.title(one.source), self.title(other.source)
        same_text = a.fingerprint == b.fingerprint
        if a.priority != b.priority:
            text = "même texte" if same_text else "texte différent"
            types = f"{_plain_type(a.priority)} dans {here} et {_plain_type(b.priority)} dans {there}"
            draft.warn("cross_source_conflict", f"{a.id} est {types} ({text}).")
        elif not same_text:
            draft.warn(
                "cross_source_conflict", f"{a.id} n'a pas le même texte dans {here} et {there} : précisez la source."
            )


def _beginning(sentences: Sequence[str], longest: int) -> list[int]:
    """Positions of the first sentences, at least one, as many as fit."""
    sizes = accumulate(len(s) + 1 for s in sentences)
    return [n for n, size in enumerate(sizes) if not n or size <= longest + 1]


def title_of(passage: Passage) -> str:
    """How a passage is named in a list of sources."""
    if passage.kind == "requirement":
        return f"{passage.id} — {passage.category}" if passage.category else str(passage.id)
    if passage.kind == "component":
        return f"{passage.id} — {passage.title}"
    return passage.title or passage.text[:60]


def _type(priority: str | None) -> str:
    return f"**{priority}** ({PRIORITY_NAMES[priority]})" if priority else "sans type"


def _plain_type(priority: str | None) -> str:
    return _type(priority).replace("*", "")


def _same(a: Located, b: Passage) -> bool:
    return a.passage.fingerprint == b.fingerprint and a.passage.priority == b.priority


def shortened(text: str, longest: int = 160) -> str:
    """The beginning of a verbatim text, cut after a clause or else a word, with [...] when something is left out."""
    if len(text) <= longest:
        return text
    head = text[:longest]
    clause = max(head.rfind(mark) for mark in (", ", " ; ", " : ", ". ", ") "))
    cut = head[: clause + 1] if clause > longest // 2 else head.rsplit(" ", 1)[0]
    return cut.rstrip(" ,;:") + CUT.rstrip()
