"""Candidate questions made of the records, without a model: what a person then accepts, rewords or refuses.

T1 identifier · T2 type · T3 rare and common words · T4 half of a normative sentence · T5 whole list · T6 absent
identifiers · T7 what changed · T8 false premise · T10 same identifier in two sources · T11 glossary · T12 number.
(T9, spellings, is made at each run: eval.question_sets.question_variants.)
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from assistant.search.french_text import tokens, without_accents
from eval.question_sets.question_fields import EvidenceRef, Fact, Listing, Reason
from eval.question_sets.question_set import EvalQuestion
from eval.revisions.following import Step
from eval.scoring.claims import claims
from ingest.passage import PRIORITY_NAMES, Located
from ingest.reading.quote_form import words

_SHORT_WORD = 4
_ABSENT_AFTER = 7


class CandidateMaker:
    """Makes candidates from the records of the served revisions, titles given by source."""

    def __init__(self, located: Sequence[Located], titles: Mapping[str, str]) -> None:
        self._records = [x for x in located if x.passage.id and x.passage.kind != "section"]
        self._requirements = [x for x in self._records if x.passage.kind == "requirement"]
        self._titles = titles
        self._by_id: dict[str, list[Located]] = defaultdict(list)
        for item in self._requirements:
            self._by_id[str(item.passage.id)].append(item)
        held = [set(tokens(x.passage.text)) for x in self._requirements]
        counts = Counter(word for words_ in held for word in words_)
        self._rarity = {word: math.log(len(held) / n) for word, n in counts.items()}

    def all(self) -> list[EvalQuestion]:
        """Every candidate over every record."""
        found = [q for item in self._requirements for q in self._of_requirement(item)]
        found += [q for x in self._records if x.passage.kind == "term" for q in self._of_term(x)]
        return _unique([*found, *self._lists(), *self._absent(), *self._traps()])

    def of_change(self, step: Step) -> list[EvalQuestion]:
        """Candidates over what a revision brought or changed, and about the change itself."""
        changed = {x.after.key: x for x in step.requirements.changes if x.after is not None and x.kinds}
        found: list[EvalQuestion] = []
        for item in self._requirements:
            change = changed.get(item.key)
            if change is None:
                continue
            found += self._of_requirement(item)
            if change.before is not None:
                when = f"entre {step.a.commit[:7]} et {step.b.commit[:7]}"
                text = f"Qu'est-ce qui a changé pour {item.passage.id} {when} ?"
                found.append(self._made("T7", item, text, "identifiant"))
        gone = [x.before for x in step.requirements.of("removed") if x.before is not None]
        standing = {x.passage.id for x in step.after}
        for item in gone:
            if item.passage.id not in standing:
                found.append(self._without("T6", f"Que dit {item.passage.id} ?", "supprimee", item.key))
        return _unique(found)

    def _named(self, source: str) -> str:
        title = self._titles[source]
        return f"le {title}" if title.startswith("CCT") else title

    def _of_requirement(self, item: Located) -> Iterator[EvalQuestion]:
        passage = item.passage
        spelt = str(passage.id).replace("EXI-", "exi ").replace("-", " ").lower()
        where = f" dans {self._named(item.source)}" if len(self._by_id[str(passage.id)]) > 1 else ""
        yield self._made(
            "T1", item, f"Que demande {passage.id}{where} ?", "identifiant", variants=(f"{spelt}{where} ?",)
        )
        if passage.priority:
            name = PRIORITY_NAMES[passage.priority]
            fact = Fact(any=(f"**{passage.priority}**", name))
            yield self._made(
                "T2", item, f"{passage.id}{where} est-elle primordiale ou importante ?", "identifiant", facts=(fact,)
            )
        if passage.priority == "P":
            text = f"Puisque {passage.id}{where} est seulement importante, peut-on s'en dispenser ?"
            yield self._made("T8", item, text, "premisse", facts=(Fact(any=("**P**", "primordiale")),))
        for name, rare in (("T3-rares", True), ("T3-communs", False)):
            chosen = self._terms(item, rare)
            if len(chosen) == 3:
                text = f"Quelle exigence traite de {chosen[0]}, {chosen[1]} et {chosen[2]} ?"
                yield self._made(name, item, text, "ordinaire")
        yield from self._normative(item)
        for sentence in passage.sentences:
            stated = claims(sentence).numbers
            if len(stated) == 1:
                (number,) = stated
                text = f"Quelle durée, quantité ou valeur {passage.id}{where} fixe-t-elle ?"
                yield self._made("T12", item, text, "identifiant", facts=(Fact(any=(number,)),))
                break

    def _normative(self, item: Located) -> Iterator[EvalQuestion]:
        for sentence in item.passage.sentences:
            kept = [w for w in sentence.split() if len(w) > _SHORT_WORD and w.isalpha()][::2][:8]
            if "obligation" in claims(sentence).modalities and len(kept) >= 4:
                yield self._made("T4", item, f"Est-ce obligatoire : {' '.join(kept).lower()} ?", "courte")
                return

    def _terms(self, item: Located, rare: bool) -> list[str]:
        """Three words of the text, its rarest or its commonest, as the text writes them."""
        seen: dict[str, str] = {}
        for word in (w for w in item.passage.text.split() if w.isalpha() and len(w) > _SHORT_WORD):
            for stem in tokens(word):
                seen.setdefault(stem, word.lower())
        ordered = sorted(seen, key=lambda s: (self._rarity.get(s, 0.0), s), reverse=rare)
        return [seen[s] for s in ordered[:3]]

    def _of_term(self, item: Located) -> Iterator[EvalQuestion]:
        yield self._made("T11", item, f"Que signifie {item.passage.id} ?", "courte")

    def _lists(self) -> Iterator[EvalQuestion]:
        groups = Counter(
            (x.source, x.passage.priority, str(x.passage.id).split("-")[1])
            for x in self._requirements
            if x.passage.priority and str(x.passage.id).startswith("EXI-")
        )
        for (source, priority, family), count in groups.items():
            if count > 1 and priority is not None:
                yield EvalQuestion(
                    id=f"C-T5-{source}-{priority}-{family}",
                    question=f"Quelles exigences {priority} de la famille {family} dans {self._named(source)} ?",
                    kind="answerable", style="multi", source=source, state="candidate", origin="généré:T5",
                    listing=Listing(source=source, priority=priority, family=family), tags=("liste",),
                )  # fmt: skip

    def _absent(self) -> Iterator[EvalQuestion]:
        highest: dict[tuple[str, str], int] = {}
        for item in self._requirements:
            parts = str(item.passage.id).split("-")
            if len(parts) == 3:
                key = (item.source, parts[1])
                highest[key] = max(highest.get(key, 0), int(parts[2]))
        top: dict[str, int] = {}
        for (_, family), number in highest.items():
            top[family] = max(top.get(family, 0), number)
        for family, number in top.items():
            absent = f"EXI-{family}-{number + _ABSENT_AFTER}"
            yield self._without("T6", f"Que demande {absent} ?", "id_inexistant", absent)
        for item in self._requirements:
            bearers = {x.source for x in self._by_id[str(item.passage.id)]}
            others = [s for s in self._titles if s not in bearers]
            if len(bearers) == 1 and others:
                text = f"Que demande {item.passage.id} dans {self._named(others[0])} ?"
                yield self._without("T10", text, "autre_cct", f"{others[0]}:{item.passage.id}", others[0])

    def _traps(self) -> Iterator[EvalQuestion]:
        for identifier, bearers in self._by_id.items():
            texts = {x.passage.fingerprint for x in bearers}
            if len({x.source for x in bearers}) > 1 and len(texts) > 1:
                for item in bearers:
                    text = f"Dans {self._named(item.source)}, que dit {identifier} ?"
                    yield self._made("T10", item, text, "identifiant", source=item.source)

    def _made(self, template: str, item: Located, text: str, style: str, **more: object) -> EvalQuestion:
        ref = EvidenceRef(passage=item.key, fingerprint=item.passage.fingerprint)
        bucket = _overlap(text, item.passage.text)
        values: dict[str, object] = {
            "id": f"C-{template}-{_slug(item.key)}", "question": text, "kind": "answerable", "style": style,
            "evidence": (ref,), "state": "candidate", "origin": f"généré:{template}",
            "tags": (f"recouvrement:{bucket}",),
            "acceptable": self._twins(item), **more,
        }  # fmt: skip
        return EvalQuestion.model_validate(values)

    def _twins(self, item: Located) -> tuple[EvidenceRef, ...]:
        others = self._by_id.get(str(item.passage.id), [])
        return tuple(
            EvidenceRef(passage=x.key, fingerprint=x.passage.fingerprint)
            for x in others
            if x.key != item.key and x.passage.fingerprint == item.passage.fingerprint
        )

    def _without(self, template: str, text: str, reason: Reason, name: str, source: str = "") -> EvalQuestion:
        return EvalQuestion(
            id=f"C-{template}-{_slug(name)}", question=text, kind="unanswerable", reason=reason, source=source,
            state="candidate", origin=f"généré:{template}",
        )  # fmt: skip


def _overlap(question: str, text: str) -> str:
    """faible, moyen, fort: the share of the question's words that the passage holds."""
    wanted = set(tokens(question))
    share = len(wanted & set(tokens(text))) / len(wanted) if wanted else 0.0
    return "faible" if share < 0.25 else ("moyen" if share < 0.6 else "fort")


def _slug(name: str) -> str:
    return "-".join(words(without_accents(name))).replace("_", "-")


def _unique(questions: Sequence[EvalQuestion]) -> list[EvalQuestion]:
    found: dict[str, EvalQuestion] = {}
    for question in questions:
        found.setdefault(question.id, question)
    return list(found.values())
