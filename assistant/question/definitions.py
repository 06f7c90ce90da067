"""Questions that ask what a term means, in the ways that people ask it, and where a term is described."""

from __future__ import annotations

import re

from assistant.search.french_text import without_accents

_MOST_WORDS = 4
_MOST_WORDS_EACH = 3
_LONGEST = 120
_ARTICLES = r"(?:(?:(?:des|de|du|les|le|la|une|un|ce|cette|the|an|a)\b|[dl] ?'|:)\s*){0,2}"
_THING = (
    r"(?:(?:ce |cette |le |la |l ?'? ?|un |une )?(?:truc|machin|bidule|chose|mot|terme|sigle|acronyme|nom|concept|"
    r"outil)(?: la)?\b\s*[,:]?\s*)?"
)
_WHAT = r"(?:quoi|koi|kwa)"
_OPENING = r"(?:et |bonjour,? |dis,? |au fait,? )*"
_HUH = r"(?:ke[sz]ako|que[sz]aco|qu es aco)"
_FIRST = re.compile(
    rf"^{_OPENING}"
    r"(?:(?:on |vous |tu |quelqu'?un )?(?:peut|peux|pouvez|pourriez)(?: on| vous| tu)? )?"
    r"(?:(?:m ?'? ?|nous |me )?(?:expliquer?|expliquez|rappeler?|rappelez|dire|preciser?)(?: moi| nous)? )?"
    r"(?:(?:ce )?que? (?:signifie(?:nt)?|veut dire|veulent dire|designe|veut bien dire)|"
    r"qu ?'? ?est ce qu(?:e |'| ' | )(?:vous|on|l on) (?:appelez|appelle|entendez|entend)(?: par)?|"
    r"(?:qu ?'? ?|ce qu ?'? ?|que? )(?:appelez|entendez) vous(?: par)?|vous (?:appelez|entendez) quoi(?: par)?|"
    r"(?:ce )?qu ?'? ?(?:on |l ?'? ?on )?(?:entend|appelle)(?: t)?(?: on)?(?: par)?|"
    r"qu ?'? ?est ce (?:que? )?(?:c ?'? ?est )?(?:que?\b ?'? ?)?|ce qu ?'? ?est|ce que c ?'? ?est (?:que? ?'? ?)?|"
    rf"c ?'? ?est {_WHAT}|c {_WHAT}|(?:ca|cela) veut dire {_WHAT}|(?:ca|cela) signifie {_WHAT}|{_HUH}|"
    r"(?:d ?'? ?ou (?:vient|sort)|quelle est l ?'? ?origine|pourquoi) (?:ce |cette |le |du |de l ?'? ?)?"
    r"(?:nom|mot|terme|sigle|appellation)|"
    r"a quoi correspond(?:ent)?|"
    r"definition|definir|definis|sigle|acronyme|signification|what is|what does|define|meaning of)\s*"
    rf"[,:]?\s*{_THING}{_ARTICLES}(.+?)\s*"
    r"(?:mean|means|stand for|veut dire|signifie|au juste|exactement|deja|en fait|au fond|concretement)?\s*[?!.]*$"
)
_AFTER = re.compile(
    rf"^{_OPENING}(.+?)\s*(?::|,|\?)?\s*"
    rf"(?:(?:mais )?(?:c ?'? ?est {_WHAT}|c {_WHAT}|(?:ca|cela) (?:veut dire|signifie) {_WHAT}|{_HUH}|definition|"
    rf"signification|(?:signifie(?:nt)?|veut dire|veulent dire|designe|correspond a|= ?) ?{_WHAT}|=|"
    r"qu ?'? ?est ce (?:que c ?'? ?est|que ca veut dire|que ca signifie))"
    r"(?: (?:ce truc|ce machin|ca|au juste|exactement|deja|donc|en fait|au fond|concretement))?)\s*[?!.]*$"
)

_BETWEEN = re.compile(r"\s*[,;]\s*(?:et |ou |puis )?|\s+(?:et|ou|and|or|ainsi que|puis)\s+")
_ASKS = re.compile(
    r"\b(?:comment|pourquoi|quand|combien|qui|que|quoi|quels?|quelles?|entre|faut|dois|doit|doivent|peut|peuvent|"
    r"est|sont|difference)\b"
)


def asked_term(plain: str) -> str:
    """The term whose meaning is asked; empty when something else is. `plain`: without accents, in lower case."""
    plain = _bare(plain)
    if len(plain) > _LONGEST:
        return ""
    match = _FIRST.match(plain) or _AFTER.match(plain)
    if match is None:
        return ""
    term = re.sub(rf"^{_ARTICLES}", "", match[1].strip(' ?!.,"'))
    return term if 0 < len(term.split()) <= _MOST_WORDS else ""


def asked_terms(plain: str) -> tuple[str, ...]:
    """The terms whose meanings are asked together, two at least; empty when something else is asked."""
    plain = _bare(plain)
    match = _FIRST.match(plain) or _AFTER.match(plain) if len(plain) <= _LONGEST else None
    parts = [p.strip(' ?!.:"') for p in _BETWEEN.split(match[1])] if match else []
    terms = tuple(dict.fromkeys(re.sub(rf"^(?:que )?{_ARTICLES}", "", part) for part in parts if part))
    each = all(term and len(term.split()) <= _MOST_WORDS_EACH and not _ASKS.search(term) for term in terms)
    return terms if len(terms) > 1 and each else ()


def few_words(plain: str) -> str:
    """The question itself when it is hardly more than a term; else empty."""
    words = _bare(plain).strip(' ?!."')
    return words if len(words.split()) <= _MOST_WORDS else ""


def describes(text: str, term: str) -> bool:
    """True when the text says what the term is: « X est », « X : », « appelée X », « sa forme longue (X) »…"""
    plain, name = _bare(without_accents(text)), _any_number(term)
    after = r"(?:\([^)]*\)\W{0,3})?(?:est|sont|signifie\w*|designe\w*|correspond\w*|consiste\w*|permet\w*|vise|:)"
    before = r"(?:appell?e\w*|nomme\w*|denomme\w*|dite?s?|baptise\w*|intitule\w*|sous le nom de)"
    brackets = rf"\( ?{name} ?\)|\b{name} ?\("
    says = rf"\b{name}\b\W{{0,4}}{after}(?:\W|$)|\b{before}\W{{1,4}}{name}\b|{brackets}"
    return bool(re.search(says, plain))


def mentions(text: str, term: str) -> bool:
    """True when the text names the term."""
    return re.search(rf"\b{_any_number(term)}\b", _bare(without_accents(text))) is not None


def _any_number(term: str) -> str:
    """A pattern of the term, each word in the singular or in the plural."""
    singular = [re.sub(r"(?<=[^\W_]{3})[sx]$", "", word) for word in term.split()]
    return r"\s+".join(f"{re.escape(word)}[sx]?" for word in singular)


def _bare(plain: str) -> str:
    """Without quotation marks and emphasis; hyphens count as spaces."""
    return " ".join(re.sub(r"[-’*_]|(?<!\w)'|'(?!\w)", " ", re.sub(r"[«»“”\"]", " ", plain)).split())
