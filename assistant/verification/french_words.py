"""French words → stems, the forms of an irregular verb brought together: "tiennent", "tenu", "tenir" are one."""

# ruff: noqa: E501  (a table is read a verb a line)
from __future__ import annotations

import re
from functools import lru_cache

from assistant.search.french_text import stem

_IRREGULAR = tuple(
    (re.compile(rf"^({prefixes}){forms}$"), verb)
    for prefixes, forms, verb in (
        ("|re|inter|pre|con|sur|par|sou|de", "(?:viens|vient|viennent|viendr\\w+|venue?s?|venir|venant|vienne)", "venir"),
        ("|main|ob|con|re|sou|appar|de", "(?:tiens|tient|tiennent|tiendr\\w+|tenue?s?|tenir|tenant|tienne|tenez)", "tenir"),
        ("|com|ap|entre|re|sur", "(?:prend|prends|prennent|prendr\\w+|prise?s?|prenant|prenez|prenne)", "prendre"),
        ("|ad|per|trans|sou|com|pro|re|e", "(?:met|mets|mettent|mettr\\w+|mise?s?|mettant|mettez|mette)", "mettre"),
        ("con|pro|re|intro|de|in|tra|se", "(?:duis|duit|duits|duite|duites|duisent|duisant|duisez|duir\\w*|duction|ductions)", "duire"),
        ("con|de|recon|in", "(?:struis|struit|struits|struite|struites|struisent|struisant|struir\\w*|struction|structions)", "struire"),
        ("de|ins|trans|res|sous|pres|", "(?:crit|crits|crite|crites|crivent|crivant|crire|crivez|cris)", "crire"),
        ("|satis", "(?:fais|fait|faites?|faits|font|fera|feront|ferait|feraient|ferez|faisant|faire)", "faire"),
        ("|inter|contre|re|me|pre|mau", "(?:dis|dit|dite|dites|dits|disent|disant|dire|dira|diront|dirait)", "dire"),
        ("re|ap|dis|com|trans|", "(?:parai[ts]|paraissent|paraitr\\w+|paru\\w*)", "paraitre"),
        ("|re|me", "(?:connais|connait|connaissent|connu|connue|connus|connues|connaitr\\w+|connaissant|connaissances?)", "connaitre"),
        ("|pre|entre|pour|re", "(?:vois|voit|voient|vue?s?|voir|voyez|voyant|voie)", "voir"),
        ("|re|con|per|de|aper", "(?:coi[st]|coivent|cue?s?|cevoir|cevant|cevez|ception)", "cevoir"),
        ("|pour|en", "(?:suit|suivent|suivie?s?|suivre|suivez|suivr\\w+)", "suivre"),
        ("|at|de|re|main|es|en", "(?:teins|teint|teinte?s?|teignent|teindr\\w+|teignant)", "teindre"),
        ("con|ac|re|en", "(?:quier\\w+|quise?s?|querir|quisition)", "querir"),
        ("|recou|par|ac|con|se|dis", "(?:court|courent|courir|couru|courue|cours|courant|courez)", "courir"),
        ("|ou|de|re|souf|of", "(?:couvre|couvrent|couvrir|couverte?s?|couvrant|couverture)", "couvrir"),
        ("|r|of|souf", "(?:ouvre|ouvrent|ouvrir|ouverte?s?|ouvrant|ouverture|ouvertures)", "ouvrir"),
        ("|res|de|con", "(?:sert|servent|servir|servi|servie|servant)", "servir"),
        ("dispar|appar|nais|croi|accroi|de", "(?:croi[ts]|croissent|croissante?s?|croitre)", "croitre"),
        ("resou|absou|dissou", "(?:t|s|dre|lvent|lvant|lue?s?)", "soudre"),
        ("", "(?:lis|lit|lisent|lire|lisant|lue?s?|lecture)", "lire"),
        ("|re|sous|dis|abs|ex", "(?:trait|traits|traite|traient|traire|traction|tractions)", "traire"),
        ("|de|at|e|re|sus|dis|sous|pre|con", "(?:tend|tends|tendent|tendre|tendue?s?|tendant)", "tendre"),
        ("|cor|re", "(?:pond|ponds|pondent|pondre|pondu|pondant)", "pondre"),
        ("|re|inter", "(?:rompt|rompent|rompre|rompue?s?)", "rompre"),
        ("ex|in|con", "(?:clu|clus|clue|clues|clut|cluent|clure|cluant|clusion|clusions)", "clure"),
    )
)  # fmt: skip
"""(prefixes and forms without accents, infinitive): the verbs that a stemmer leaves apart."""
_FAMILIES = {
    word: family
    for family, words in {
        "acces": "acces accede accedent acceder accedant accedera accessible accessibles",
        "respect": "respect respecte respectee respectes respectees respectent respecter respectant",
        "code": "code codes coder codee codees codent codant codez codage",
        "choix": "choix choisir choisi choisie choisis choisies choisit choisissent choisissez choisissant",
        "essai": "essai essais essayer essaye essaie essaient",
        "emploi": "emploi emplois employer emploie emploient employe employee employes employees",
        "envoi": "envoi envois envoyer envoie envoient envoye envoyee envoyes envoyees envoyez envoyant",
        "appui": "appui appuis appuyer appuie appuient appuye appuyee appuyant appuyez",
        "correction": "correction corrections corriger corrige corrigent corrigee corriges corrigees corrigeant corrigez correctif correctifs",
        "protection": "protection protections proteger protege protegent protegee proteges protegees protegeant",
        "redaction": "redaction rediger redige redigent redigee rediges redigees",
        "maintien": "maintien maintenir maintient maintiennent maintenu maintenue maintenus maintenues",
        "manuel": "manuel manuels manuelle manuelles manuellement",
        "entier": "entier entiers entiere entieres entierement",
        "complet": "complet complets complete completes completement",
        "execution": "execution executions executer execute executent executee executes executees executant executable",
        "libre": "libre libres liberte libertes librement",
        "appel": "appel appels appeler appelle appellent appele appelee",
        "donnee": "donnee donnees",
        "donner": "donne donnent donner donnez donnant donnera",
        "gestion": "gestion gerer gere gerent geree gerees geres gerez gerant gestionnaire",
        "besoin": "besoin besoins",
        "securite": "securite securites securiser securise securisee securises securisees sur sure surs sures surete",
        "qualite": "qualite qualites qualitatif qualitative",
        "efficace": "efficace efficaces efficacite efficience efficient efficiente efficients efficacement",
        "simple": "simple simples simplement simplifier simplifie simplifient simplification simplicite",
        "sobre": "sobre sobres sobriete frugal frugale frugaux frugales frugalite",
    }.items()
    for word in words.split()
}


_SHORT = 5
"""Letters from which the e that a participle leaves is cut: "supprimee" and "supprimer" are one without accents."""


@lru_cache(maxsize=50_000)
def word_stem(word: str) -> str:
    """The stem of a word without accents, in lower case; the forms of an irregular verb share one."""
    if word in _FAMILIES:
        return stem(_FAMILIES[word])
    for pattern, verb in _IRREGULAR:
        match = pattern.match(word)
        if match:
            return stem(match[1] + verb)
    found = stem(word)
    return found[:-1] if len(found) > _SHORT and found.endswith("e") else found
