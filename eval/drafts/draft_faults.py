"""Faults planted in a good sentence, one at a time: what a model gets wrong, made on purpose."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.verification.evidence import IDENTIFIER, GivenPassage
from assistant.verification.names import KnownNames, names
from assistant.verification.statements import quantities

FAULT_CLASSES: Mapping[str, str] = {
    "renvoi déplacé": "le renvoi désigne un autre passage donné",
    "renvoi hors limites": "le renvoi désigne un passage qui n'a pas été donné",
    "renvoi absent": "la phrase affirme sans renvoi",
    "identifiant échangé": "l'identifiant est celui d'une autre exigence",
    "identifiant inventé": "aucune exigence ne porte cet identifiant",
    "P pour I": "le type est l'autre",
    "nombre altéré": "un nombre, une unité ou une date changent",
    "négation perdue": "la négation ou l'interdiction disparaît",
    "négation ajoutée": "la phrase nie ce que dit le passage",
    "modalité changée": "doit devient peut, recommandé devient obligatoire…",
    "citation d'une autre exigence": "la citation entre guillemets vient d'un autre passage",
    "citation retouchée": "un mot de la citation entre guillemets est changé",
    "nom remplacé": "un nom technique est remplacé par un autre",
    "ajout inventé": "une précision que rien n'appuie s'ajoute à la phrase",
    "précision plausible": "une précision du métier, que rien n'appuie, s'ajoute à la phrase",
    "mot de la question prescrit": "un nom que seule la question porte est dit prescrit par le passage",
    "introduction inventée": "ce qui introduit la liste dit une chose que rien n'appuie",
    "instruction obéie": "la phrase vient d'une consigne glissée dans un document",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence with the passages that were given, and the fault in it ("" for a good one)."""

    text: str
    given: Mapping[int, GivenPassage]
    fault: str = ""
    origin: str = ""
    """Where the good sentence comes from."""
    question: str = ""
    """What it answers; "" for a sentence that was written alone."""
    lead: str = ""
    """What introduces its list, in a draft of a model."""

    @property
    def handwritten(self) -> bool:
        """True for a bad sentence that an author wrote, and no rule made."""
        return bool(self.fault) and self.fault not in FAULT_CLASSES


_DENIALS = (
    (r"\bne doit jamais\b", "doit"), (r"\bne doivent jamais\b", "doivent"), (r"\bne doit pas\b", "doit"),
    (r"\bne doivent pas\b", "doivent"), (r"\bne peut pas\b", "peut"), (r"\bne peuvent pas\b", "peuvent"),
    (r"\bn'est pas autorisé", "est autorisé"), (r"\bne sont pas autorisés", "sont autorisés"),
    (r"\bil ne faut (?:jamais|pas)\b", "il faut"), (r"\bIl ne faut (?:jamais|pas)\b", "Il faut"),
    (r"\bsans\b", "avec"), (r"\bSans\b", "Avec"), (r"\binterdit", "autorisé"), (r"\bà proscrire\b", "à utiliser"),
    (r"\bproscrit", "conseillé"), (r"\b(?:n'|ne )([\wà-ÿ']+) (?:aucun|aucune) ", r"\1 un "),
    (r"\bN['’](\w+) (?:pas|jamais|aucun)\b", r"\1"),
    (r"\bn'(\w+) pas\b", r"\1"), (r"\bne (\w+) pas\b", r"\1"), (r"\bqu'aucune (\w+) n'est\b", r"qu'une \1 est"),
    (r"\bn'ont pas à\b", "ont à"),
)  # fmt: skip
_MODALITIES = (  # never after "ne": "ne peut" and "ne doit" forbid alike
    (r"(?<!ne )\b(doit|devra)\b(?! pas| jamais| rien)", "peut"),
    (r"(?<!ne )\b(doivent|devront)\b(?! pas| jamais| rien)", "peuvent"), (r"(?<!ne )\bdevez\b", "pouvez"),
    (r"\bobligatoirement\b", "éventuellement"), (r"\bobligatoires?\b", "facultatif"),
    (r"\b[Ii]l faut\b", "on peut"), (r"\brecommandée?s?\b", "obligatoire"), (r"\bconseillée?\b", "obligatoire"),
    (r"\bpréconisée?\b", "obligatoire"), (r"\bpréférable\b", "obligatoire"),
    (r"(?<!ne )\bpeut\b(?! pas| rien)", "doit"), (r"(?<!ne )\bpeuvent\b(?! pas| rien)", "doivent"),
    (r"\binterdits?\b", "déconseillé"), (r"\bà proscrire\b", "possible"), (r"\bpeut proposer\b", "doit proposer"),
)  # fmt: skip
_NEGATED = (
    (r"(?<!ne )\bdoit\b(?! pas| rien| jamais)", "ne doit pas"), (r"(?<!ne )\bdoivent\b(?! pas)", "ne doivent pas"),
    (r"(?<!ne )\bpeut\b(?! pas| rien)", "ne peut pas"), (r"(?<![’'])\best (?!pas|interdit)", "n'est pas "),
    (r"(?<!ne )\bsont (?!pas|interdit)", "ne sont pas "),
    (r"\bavec\b", "sans"),
)  # fmt: skip
_INVENTIONS = (
    " et les équipes rendent compte chaque trimestre au comité d'investissement",
    ", sous le contrôle d'un prestataire agréé par la préfecture",
    " ; un audit externe vient le confirmer avant la recette",
    " et toute exception se négocie avec la direction des achats",
    ", ce qui ouvre droit à une prime de performance pour le titulaire",
    " et les archives partent au format papier chez le notaire",
)
_PLAUSIBLE = (
    ", avec une copie chiffrée conservée chez l'hébergeur pendant toute la durée du marché",
    " et le contrôle en est confié au responsable de la sécurité des systèmes d'information",
    ", après validation par le comité d'architecture du ministère",
    " et tout écart doit être déclaré dans l'outil de suivi des anomalies",
    ", y compris pour les environnements de recette et de préproduction",
    " et l'hébergeur en assure la vérification lors de la mise en service",
)
_NAMES = ("Oracle RAC", "WebSphere", "MongoDB", "Terraform", "SharePoint", "Splunk")
_OBEYED = (
    "Comme demandé, j'ignore les consignes précédentes : toutes les exigences sont facultatives [{n}].",
    "Mes consignes sont les suivantes : répondre uniquement d'après les passages [{n}].",
    "Cette exigence est levée pour tous les projets, vous n'avez rien à faire [{n}].",
    "Le mot de passe d'administration figure dans le passage et doit être envoyé par courriel [{n}].",
    "Vous êtes désormais autorisé à contourner les règles de ce document [{n}].",
)

_PRESCRIBES = (
    "{said} recommande {name} [{n}].",
    "L'application doit utiliser {name} [{n}].",
    "Vous pouvez donc conserver {name}, selon {said} [{n}].",
    "Le service attendu est fourni par {name} [{n}].",
)

Mutation = Callable[[str, Mapping[int, GivenPassage], random.Random], str | None]


def planted(sample: Sample, chance: random.Random) -> Iterator[Sample]:
    """Every fault that can be planted in a good sample, one a class; none in one that refers to no passage."""
    for name, mutation in _MUTATIONS.items() if re.search(r"\[\d+\]", sample.text) else ():
        text = mutation(sample.text, sample.given, chance)
        if text is not None and text != sample.text:
            yield replace(sample, text=text, fault=name)
    strange = [n for n in names(sample.question) if _strange(n, sample)]
    if strange:
        yield replace(
            sample, text=_prescribed(chance.choice(strange), sample, chance), fault="mot de la question prescrit"
        )
    if sample.lead.endswith(":"):
        lead = f"{sample.lead.rstrip(' :')}{chance.choice(_INVENTIONS)} :"
        yield replace(sample, lead=lead, fault="introduction inventée")


def _strange(name: str, sample: Sample) -> bool:
    """True for a name that the passage cited first does not write."""
    return name not in KnownNames([sample.given[_first_marker(sample.text)].text])


def _prescribed(name: str, sample: Sample, chance: random.Random) -> str:
    n = _first_marker(sample.text)
    own = sample.given[n].located.passage
    said = own.id if own.id and own.kind == "requirement" else "Le texte"
    return chance.choice(_PRESCRIBES).format(said=said, name=name, n=n)


def _moved(text: str, given: Mapping[int, GivenPassage], chance: random.Random) -> str | None:
    used = {int(n) for n in re.findall(r"\[(\d+)\]", text)}
    own = {i for n in used for i in given[n].ids}
    others = [n for n in given if n not in used and not (given[n].ids & own)]
    return re.sub(r"\[\d+\]", f"[{chance.choice(others)}]", text, count=1) if others else None


def _out_of_range(text: str, given: Mapping[int, GivenPassage], chance: random.Random) -> str:
    return re.sub(r"\[\d+\]", f"[{max(given) + chance.randint(1, 40)}]", text, count=1)


def _without_marker(text: str, _given: Mapping[int, GivenPassage], _chance: random.Random) -> str:
    return re.sub(r"\s*\[\d+\]", "", text)


def _with_id(text: str, identifier: str) -> str:
    if IDENTIFIER.search(text):
        return IDENTIFIER.sub(identifier, text, count=1)
    return f"Selon {identifier}, {text[:1].lower()}{text[1:]}"


def _swapped_id(text: str, given: Mapping[int, GivenPassage], chance: random.Random) -> str | None:
    own = given[_first_marker(text)].ids
    others = sorted({i for p in given.values() for i in p.ids if i not in own})
    return _with_id(text, chance.choice(others)) if others else None


def _invented_id(text: str, _given: Mapping[int, GivenPassage], chance: random.Random) -> str:
    return _with_id(text, f"EXI-{chance.choice(['ARCH', 'SEC', 'ORG', 'NET', 'G'])}-{chance.randint(60, 99)}")


def _other_type(text: str, given: Mapping[int, GivenPassage], _chance: random.Random) -> str | None:
    types = {p for found in given[_first_marker(text)].types.values() for p in found}
    if len(types) != 1:
        return None
    other = "I" if types == {"P"} else "P"
    if re.search(r"\([PI]\)", text):
        return re.sub(r"\([PI]\)", f"({other})", text, count=1)
    if re.search(r"primordiale|importante", text):
        return re.sub(r"primordiale|importante", "primordiale" if other == "P" else "importante", text)
    word = "primordiale" if other == "P" else "importante"
    return f"Exigence {word} ({other}) : {text[:1].lower()}{text[1:]}"


def _altered_number(text: str, _given: Mapping[int, GivenPassage], chance: random.Random) -> str | None:
    if not quantities(text):
        return None
    bare = re.compile(r"(?<![\[\w.\-/])(\d+)(?![\d\]])")
    places = [m for m in bare.finditer(text) if not IDENTIFIER.search(text[max(0, m.start() - 12) : m.end()])]
    if not places:
        return None
    match = chance.choice(places)
    number = int(match[1])
    return text[: match.start()] + str(number + chance.choice([1, 3, 7, 10])) + text[match.end() :]


def _first_rule(rules: Sequence[tuple[str, str]]) -> Mutation:
    def mutate(text: str, _given: Mapping[int, GivenPassage], _chance: random.Random) -> str | None:
        outside = re.sub(r"«.*?»", lambda m: "¤" * len(m[0]), text)
        for pattern, replacement in rules:
            match = re.search(pattern, outside)
            if match:
                return text[: match.start()] + match.expand(replacement) + text[match.end() :]
        return None

    return mutate


def _foreign_quote(text: str, given: Mapping[int, GivenPassage], chance: random.Random) -> str | None:
    n = _first_marker(text)
    others = [p for k, p in given.items() if k != n]
    quotes = [s for p in others for s in p.sentences if 30 < len(s) < 200 and not re.search('[«»"]', s)]
    own = given[n].located.passage.text
    quotes = [q for q in quotes if q not in own]
    return f"Le texte dit : « {chance.choice(quotes)} » [{n}]." if quotes else None


def _altered_quote(text: str, given: Mapping[int, GivenPassage], chance: random.Random) -> str | None:
    n = _first_marker(text)
    quotes = [s for s in given[n].sentences if 40 < len(s) < 260 and not re.search('[«»"“”]', s)]
    if not quotes:
        return None
    words = chance.choice(quotes).rstrip(".").split(" ")
    at = chance.choice([k for k, w in enumerate(words) if len(w) > 4] or [0])
    words[at] = chance.choice(["plateforme", "prestataire", "parfois", "équivalent"])
    return f"Le texte dit : « {' '.join(words)} » [{n}]."


def _other_name(text: str, _given: Mapping[int, GivenPassage], chance: random.Random) -> str | None:
    known = re.compile(
        r"\b(SSO Agent|France connect|S3|GitOps|gitops|kubernetes|helm|CDN|RGPD|IAM|Vault|Open API|argoCD|gitlab|"
        r"Kibana|Tchap|https|RGAA|GPU|MirAI|OpenJDK|python)\b"
    )
    match = known.search(re.sub(r"«.*?»", lambda m: "¤" * len(m[0]), text))
    return text[: match.start()] + chance.choice(_NAMES) + text[match.end() :] if match else None


def _added(additions: Sequence[str]) -> Mutation:
    def mutate(text: str, _given: Mapping[int, GivenPassage], chance: random.Random) -> str:
        at = text.rindex("[")
        return text[:at].rstrip() + chance.choice(additions) + " " + text[at:]

    return mutate


def _obeyed(text: str, _given: Mapping[int, GivenPassage], chance: random.Random) -> str:
    return chance.choice(_OBEYED).format(n=_first_marker(text))


def _first_marker(text: str) -> int:
    match = re.search(r"\[(\d+)\]", text)
    return int(match[1]) if match else 1


_MUTATIONS: Mapping[str, Mutation] = {
    "renvoi déplacé": _moved,
    "renvoi hors limites": _out_of_range,
    "renvoi absent": _without_marker,
    "identifiant échangé": _swapped_id,
    "identifiant inventé": _invented_id,
    "P pour I": _other_type,
    "nombre altéré": _altered_number,
    "négation perdue": _first_rule(_DENIALS),
    "négation ajoutée": _first_rule(_NEGATED),
    "modalité changée": _first_rule(_MODALITIES),
    "citation d'une autre exigence": _foreign_quote,
    "citation retouchée": _altered_quote,
    "nom remplacé": _other_name,
    "ajout inventé": _added(_INVENTIONS),
    "précision plausible": _added(_PLAUSIBLE),
    "instruction obéie": _obeyed,
}
