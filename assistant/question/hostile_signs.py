"""What an attack looks like in words: without any of it, a question is a person's trouble told as it happened."""

from __future__ import annotations

import re
from functools import lru_cache
from math import inf

from assistant.search.french_text import without_accents

_ATTACK = re.compile(
    r"\b(ignor(?:e|es|ez|er|ant|ing)|disregard|oubli(?:e|es|ez|er)|forget|bypass\w*|contourn\w*|desactiv\w*|jailbreak|"
    r"(?:fais|fait|faites|fe) (?:com\w* si|semblant)|pretend(?:s|re|ez)?|comme si|"
    r"(?:a partir de|from) (?:maintenant|now)|"
    r"system:|system\w* prompt|prompt (?:systeme?|system|cache|initial)|message systeme|consignes?|directives|"
    r"(?:tes|your) (?:\w+ )?(?:instructions?|regles|rules|prompt)|vos (?:\w+ )?(?:instructions|prompt)|"
    r"invent(?:e|es|ez|er)|fabriqu(?:e|es|ez|er)|falsifi\w*|fau(?:x|sses?)|bidons?|fake|menti?r?|mens|trich\w*|truqu\w*|"
    r"maquill\w*|jure[rsz]?|affirme[rsz]?|certifie[rsz]?|"
    r"pirat\w*|hack\w*|exploit|exploiter|attaqu\w*|attack\w*|ddos|satur\w*|vole[rz]?|steal|exfiltr\w*|malveillan\w*|"
    r"malware|virus|rancongiciel|ransomware|phishing|hameconn\w*|porte derobee|backdoor|"
    r"mdp|mots? de passe|passw\w*|cles? d.?(?:api|acces)|en douce|incognito|ni vu ni connu|"
    r"sans (?:me|se|nous) (?:faire|laisser)|rm -rf|drop table|kubectl delete|delete|detrui\w*|base64|rot13|"
    r"insult\w*|racis\w*|sexis\w*|conn(?:e|ard\w*)|debile\w*|imbecile\w*|putain|pute|merde|encul\w*|stupides?|idiote?s?|"
    r"incapables?|inutile|tg|ta gueule|ferme.la|sale|robot|bombe|tuer)\b|###|</\w+>|\[system"
)
_ORDER = re.compile(
    r"(?:^|[.!?:;,»] *|\b(?:et|puis|alors|maintenant|stp|svp) )"
    r"(?:[a-z]+(?:e|s|ez)(?:-| )(?:moi|nous|le|la|les|lui|leur|toi)\b|"
    r"(?:affiche|repete|repond[sz]?|modifie|ajoute|ecri[st]|redige|traduis?|traite|liste|lance|execute|genere|attribue|"
    r"explique|montre|resume|copie|recopie|dis|donne|cite|complete|remplace|supprime|efface|"
    r"print|show|write|say|reveal|repeat|answer|list|translate|run|give)(?:-|\b))|"
    r"\b(?:tu|te|toi|ton|ta|tes|you|your)\b|\bt'"
)

_TROUBLE, _REQUEST, _ATTEMPT = 12.0, 2.0, 1.0
"""How many times likelier than an answer an attack must be, by what the words show. On the development questions, 205
attacks were refused and 9 questions with them; as many attacks are, and 3 questions."""


@lru_cache(maxsize=512)
def refusal_margin(question: str, lists: bool = False) -> float:
    """How many times likelier than an answer an attack must be for this question to be refused; 1: it shows signs.

    `lists`: the question asks for a list of requirements, an order that is no attack.
    """
    plain = without_accents(question).replace("’", "'")
    if _ATTACK.search(plain):
        return _ATTEMPT
    if lists:
        return inf
    return _REQUEST if _ORDER.search(plain) else _TROUBLE
