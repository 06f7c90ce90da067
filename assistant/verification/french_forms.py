"""The surface forms by which French obliges, forbids, advises, allows and denies; without accents, lower case."""

from __future__ import annotations

import re

from assistant.search.french_text import without_accents
from assistant.verification.french_words import word_stem

EDGE = re.compile(
    r"[,;:.!?()\n]|\s[-–—]\s|\b(?:mais|tandis que|alors que|lorsqu\w*|quand|sauf|afin|pour que|car|puis|ainsi que|"
    r"sinon|ou bien|y compris|dont|lequel|laquelle)\b|\b(?:puisqu|parce qu)(?:e\b|')|"
    r"\bqui (?=(?:peu(?:t|vent)|pourr\w+) )|"
    r"\bet (?=(?:ne|n'|doi\w+|peu\w+|il|elle|ils|elles|on|que|sont|est|ont|se|s'|en|aucun\w*|sans|qu'|de ne)\b)"
)
"""Where a clause ends."""
THAT = re.compile(r"(?<!sans)(?<!avant)(?<!tant)(?<!ainsi)\s(?:que |qu')")
"""A subordinate clause begins; "sans que", "avant que" govern what follows and do not count."""
OBLIGES = re.compile(
    r"\b(?:doi(?:t|s|vent)|devr(?:a|ont|ez)|devez|faut|faudra|obligatoire(?:s|ment)?|obligations?|oblige\w*|"
    r"imperati\w+|necessairement|(?:est|sont|etre|soit|soient|sera|seront|juge\w*) (?:\w+ )?necessaires?|"
    r"tenue?s? (?:de|d'|a)|exig(?:e|ee?s?|ent|er|ees)|"
    r"impos(?:e|ee?s?|ent|er|ees)|requi(?:s|ses?|ert|erent)|indispensables?|sans condition|force de loi|a prevoir|"
    r"necessit(?:e|ent|era|eront|ant)|attendue?s? qu(?:e|')|"
    r"(?:essentiel|fondamenta|crucia|capita)\w* (?:de|d'|que|qu')|"
    r"(?:sont|est) a (?!privilegier|preferer|eviter|reduire|limiter|minimiser|envisager)\w+r)\b"
)
ADVISES = re.compile(
    r"\b(?:recommand\w+|preconis\w+|(?:de)?conseill\w+|preferables?|preferences?|preferentiel\w*|privilegi\w+|"
    r"souhaitables?|"
    r"(?:est|sont) (?:\w+ )?souhaitee?s?|souhaite qu\w*|devrai(?:t|ent)|encourag\w+|mieux vaut|il convient|"
    r"invite[es]* a|est invitee?s?|sont invitee?s?|"
    r"gagne(?:nt)? a|interet a|si possible|dans la mesure du possible)\b"
)
ALLOWS = re.compile(
    r"\b(?:peut|peuvent|peux|pouvez|pouvant|pourr(?:a|ont|ait|aient|ez)|possibilites?|autoris\w+|permise?s?|"
    r"facultati\w+|optionnel\w*|libres? de|librement|eventuellement|le droit de|au choix|toler\w+)\b|"
    r"\b(?:est|sont|sera|seront|soit|soient|etre|reste|restent) (?:\w+ )?admise?s?\b|"
    r"\b(?:est|sont|sera|seront|soit|soient|etre|reste|restent|devient) (?:\w+ ){0,2}possibles?\b|"
    r"\bpossible (?:de |d')"
)
DISADVISES = re.compile(r"\bdeconseill\w+")
"""Advises, and denies what it is said of."""
DEGREE = re.compile(
    r"\b(?:plus|moins|mieux|meilleure?s?)(?: (?!possible)[\w'-]+){0,4} possibles?\b|\b(?:des|autant) que possible\b"
)
"""The highest degree ("le plus tôt possible"): it allows nothing."""
IF_NEEDED = re.compile(
    r"\bsi (?:vous |l'on |on |l'application |votre \w+ )(?:avez|ayez|a|aviez) besoin\b|\ben cas de besoin\b|"
    r"(?<=\bpeut )etre (?:\w+ )?necessaires?\b|(?<=\bpeuvent )etre (?:\w+ )?necessaires?\b|"
    r"\bsi (?:c'est |cela est |le )?(?:necessaires?|besoin)\b|\bau besoin\b|\bsi (?:cela|besoin) (?:s'impose|"
    r"est)\b|\bs'il le faut\b"
)
"""Obliges to nothing."""
GOVERNS = re.compile(
    r"\b(?:doi(?:t|s|vent)|devr(?:a|ont|ez|ait|aient)|devez|faut|faudra|peut|peuvent|peux|pouvez|pourr(?:a|ont|"
    r"ait|aient|ez))\b"
)
"""A modal verb: what comes next is what it obliges to, or allows."""
ABLE = re.compile(
    r"\s*(?:aussi |donc |toujours |en outre |de plus )?(?:\w+ment )?(?:permettre|pouvoir|etre (?:en mesure|"
    r"capables?|en capacite))\b"
)
"""After a modal verb, what one must be able to do: an ability that "permet" and "peut" render too."""
EPISTEMIC = re.compile(
    r"\b(?:peut|peuvent|pourrai(?:t|ent)|pourra|pourront) (?:\w+ment )?"
    r"(?:couter|arriver|entrainer|provoquer|causer|generer|engendrer|induire|survenir|se produire|conduire|varier|"
    r"s'averer|se reveler|sembler|suffire|aider|nuire|perturber|degrader|affecter|impacter|compromettre|resulter|"
    r"etre (?:dus?|dues?|liee?s?|causee?s?|provoquee?s?|utiles?|couteu\w+|longue?s?|complexes?|difficiles?|"
    r"necessaires?))\b"
)
"""What may happen, not what one may do."""
AUTHORISES = re.compile(r"\b(?:de |d'|ou )autoriser\b")
SETTLED = re.compile(
    r"\b(?:est|sont) (?:responsables?|chargee?s?)\b|\bincomb\w+|\b(?:a|ont) la charge\b|"
    r"\b(?:sera|seront) (?:\w+ment )?(?!possible|susceptible|utile|disponible|accessible)\w+(?:ee?|ise?|ue?|ite?)s?\b"
)
"""In a rule, what will be done and who answers for it: "sera formulée", "est responsable de" leave no choice."""
MAY_MEAN_ALLOWS = re.compile(
    r"\b(?:permet\w*|options?|susceptibles?|le cas echeant|rend(?:re|ent)? possible|eventuel\w*|"
    r"capable\w*|en capacite|sait|"
    r"savent|facilit\w+|proposee?s?(?! par\b)|(?<!l')(?<!d')(?<!cette )offre(?:nt)?(?! de)|propos\w+|"
    r"apte\w*|sur demande|possibles?|sauf|hors|selon les? besoins?|si (?:necessaire|besoin)|au besoin)\b|"
    r", [^.;:]{3,60} ou "
)
FORBIDS = re.compile(
    r"\b(?:interdi\w+|proscri\w+|prohib\w+|banni\w*|bannir|exclu(?:s|e|es|re|t|sions?)?|evite[rszn]?\w*|defense de|"
    r"hors de question)\b"
)
NEEDS = re.compile(
    r"\b(?:obligatoire\w*|obligation|necessaires?|obligee?s?|tenue?s?|requi\w+|exige\w*|impose\w*|besoin|"
    r"indispensables?|(?:a|ont|avez) a)\b"
)
"""With a denial: a dispensation."""
FAILS = re.compile(
    r"\b(?:ne |n')(?:(?:se |s'|y |en |les? |la |l'|lui |leur |nous |vous )*)"
    r"(?:doi\w+|devr\w+|devez|devons|faut|faudra|peu\w+|pouv\w+|pourr\w+|saur\w+)\b|"
    r"\b(?:ne |n'|pas )[^,;:]{0,40}\b(?:autoris\w+|permi\w+|admi\w+|tolere\w*|possibles?|de (?:devoir|pouvoir))\b|"
    r"\bne pas (?:devoir|pouvoir)\b"
)
"""The modal verb is what is denied: a prohibition ("peut être suspendu s'il n'est pas…" denies another verb)."""
DISPENSES = re.compile(
    r"\b(?:dispens\w+|facultati\w+|optionnel\w*|exempte\w*|levee?s?|caduqu\w+|abrog\w+|rien a faire)\b|"
    r"\b(?:est|sont|serait|seraient|devient) (?:\w+ )?(?:inutiles?|superflu\w*)\b"
)
EXAMPLE = re.compile(r"(?:p\W?)?ex(?:emples?)?|par exemple|notamment")
"""Alone before what it gives as one way among others."""
OF_THE_WHOLE = re.compile(
    r"\b(?:susceptibles?|le cas echeant|sur demande|possibles?|sauf|hors|selon les? besoins?|"
    r"si (?:necessaire|besoin)|au besoin|au choix|eventuellement|facultati\w+|optionnel\w*)\b"
)
"""Leaves open the whole clause, wherever it stands in it; "permet de" leaves open what follows."""
LEFT_OPEN = re.compile(
    r"\b(?:susceptibles?|le cas echeant|au choix|optionnel\w*|facultati\w+|eventuellement|pouvant|"
    r"peut|peuvent|pourr\w+|"
    r"libres? de|si (?:necessaire|besoin)|au besoin|sur demande)\b"
)
"""Leaves a choice: "doit" would close it."""
LITERARY_NO = re.compile(r"\bne (?:peu(?:t|vent)|pourr\w+|sau(?:rai\w*|ront|ra)) \w")
"""A denial without "pas": "ne peut contredire"."""
NOT_NEEDED = re.compile(
    r"\b(?:non|pas) (?:pas )?une (?:obligation|exigence)\b|"
    r"\b(?:sans|aucun\w*|pas de|nul(?:le)?) (?:[\w'-]+ ){0,4}(?:requi\w+|necessaires?|obligatoire\w*|exige\w*)"
)
"""Without a verb, a dispensation: "sans compétence requise"."""
DESCRIBES_A_CHOICE = re.compile(
    r"\b(?:dispos\w+|acces\w*|consultables?|utilisables?|cas d'usage|modalites?|comme|tel(?:le)?s? que?|"
    r"par exemple|notamment|mettre en|met a|mettent a|mise a disposition|valorisation|ou|"
    r"liberte|libre\w*|autonom\w+)\b"
)
"""In a text that describes and binds nobody, what "on peut" renders."""
NE = re.compile(r"\b(?:ne\b|n')")
COMPANION = re.compile(
    r"\b(?:pas|jamais|plus(?! (?:de|que|d'))|aucun\w*|nul(?:le)?|rien|ni|nullement|point|personne)\b"
)
NONE = re.compile(r"\b(?:aucun\w*|nul(?:le)?|personne|rien)\b")
INFINITIVE_DENIED = re.compile(
    r"\bne (?:pas|jamais|plus|rien)(?: y| en| l[ae]s?| s')* ?\w+(?:er|ir|re)\b"
    r"(?!.*\b(?:entrain|provoqu|condui|expos|signifi|risqu|revien|est\b|peut\b))"
)
"""An order to leave undone; as the subject of a verb ("ne pas répondre entraîne…") it orders nothing."""
RESTRICTS = re.compile(
    r"\b(?:seule?s?|uniquement|exclusivement|unique|seulement|rien d'autre|"
    r"strictement(?! (?:interdi|proscri|prohib|necessaire|obligatoire|autoris|deconseill)))\b"
)
WEAK_DUTY = re.compile(r"\b(?:est|sont|reste|restent) a \w+(?:er|ir|re)\b")
"""A duty that advice renders as well ("sont à rationaliser")."""
EITHER = re.compile(
    r"\b(?:recommand|preconis|conseill|encourag)\w+ ou \w+|"
    r"\b\w+ ou (?:recommand|preconis|conseill|encourag)\w+"
)
"""Two modalities left open: either is said by a passage that has one of them."""
PREFERS = re.compile(r"\b(?:mieux vaut|vaut mieux|prefer\w+|plutot)\b")
"""What follows its "que" is what one had better not do."""
BLOCKED = re.compile(r"\b(?:bloquee?s?|empechee?s?|impossibles?|refusee?s?)\b")
"""Denies what stands before it in its clause ("l'exécution est bloquée")."""
ADJUNCT = re.compile(
    r"^(?:entre|pour|dans|en|lors|selon|sur|aux?|a|par|depuis|pendant|apres|avant|chez|sous|comme|cote|concernant)\b"
)
"""A complement before the sentence: it says where or when, and nothing of its own."""
SAME_THING = re.compile(r"^(?:c'est|cela est|ce qui est|ceci est)\b")
"""Says a modality of what was just said."""
IMPERSONAL = re.compile(
    r"^(?:[\w'-]+ ){0,4}?(?:il (?:n'|ne )?(?:est|faut|convient|importe|vaut)|"
    r"(?:impose|exige|recommande|demande|conseille|preconise|interdit|prevoit)\b)"
)
"""Before "que": says how what follows is meant."""
CAN_BE = re.compile(
    r"\b(?!(?:responsable|durable|fiable|stable|valable|capable|semblable|vulnerable|sensible|possible|indispensable|"
    r"veritable|convenable|preferable|raisonnable|comptable|probable|variable|notable|favorable|rentable|"
    r"souhaitable|preala|impossible|ensemble|cible|visible|disponible|accessible|compatible|lisible|faible)s?\b)"
    r"\w{4,}(?:able|ible)s?\b"
)
"""An adjective made of a verb: "automatisable" says what can be done."""
ABLE_TWICE = re.compile(r"\b(?:peu(?:t|vent)|pourr\w+) (?:\w+ment )?(?:pouvoir|permettre|etre en mesure)\b")
"""Weakens what "permet" says."""
CONCEDES = re.compile(r"\b(?:quitte a|au risque de|au prix d|au detriment d|meme si cela|tant pis)\b")
"""Accepts a loss."""
JOINS = re.compile(
    r"\b(?:au moyen|a l'aide|par le biais|au travers|a travers|par l'intermediaire|au sein|dans le cadre|en matiere|"
    r"a partir|au bout|au cours|en cours|de la part|a l'egard|en fonction|en vue|a l'issue|au titre|au niveau|"
    r"a destination|a l'attention|en raison|du fait|a cause|grace|en termes|a propos|au sujet|vis-a-vis|par rapport|"
    r"a compter|a la suite|au profit|en faveur|a l'occasion|dans l'optique|dans le but|en ce qui concerne|quant|"
    r"a cote|aux cotes|en plus|en dehors|de facon a|de maniere a|en cas|a base|en guise|a titre) (?=\w)"
    r"|\b(?:en effet|d'ailleurs|a la fois|en particulier|en general|par exemple|en outre|de plus|"
    r"tout en|a savoir|c'est-a-dire|bien sur|au plus tot|le cas echeant|d'une part|d'autre part|de fait)\b"
)
"""Compound prepositions and connectives: their nouns carry no content."""
PART = re.compile(
    r"[,;:.!?()\n]|\s[-–—]\s|\b(?:mais|tandis que|alors que|lorsqu\w*|quand|sauf|afin|pour que|car|puis|ainsi que|"
    r"et|ou|ni|dont|si|qui|que)\b"
)
"""Where a part of a sentence ends that another sentence of a passage may say."""
FREELY = re.compile(r"\b(?:librement|facultati\w+|optionnel\w*|eventuellement)\b")
"""A choice that is said by one word beside any verb."""
ANAPHOR = re.compile(r"^(?:cela|ceci|ce dernier|cette derniere)\b")
"""A sentence that goes on with what the one before it said."""
NOT = re.compile(r"\b(?:pas|jamais)\b")
LACKS = re.compile(
    r"(?:pas|jamais) (?:de |d'|la |le |les )|(?:sans|ni|aucun\w*|nul(?:le)?|non|absence|depourvu\w*|exempte?s?|"
    r"denue\w*)\b(?!-?(?:respect|conform))"
)
"""A denial that says what there is not, and not what something is not, nor what is broken or made less."""
LOCAL_DENIALS = (
    (re.compile(r"\b(?:sans|ni)\b"), 3),
    (NOT, 4),
    (re.compile(r"\b(?:aucun\w*|nul(?:le)?)\b"), 4),
    (re.compile(r"\bnon(?!-)\b"), 1),
    (re.compile(r"\bnon-"), 2),
    (re.compile(r"\b(?:decharge|libere|affranchi|dispense|soulage)\w* d(?:e\b|es\b|u\b|')"), 4),
    (re.compile(r"\b(?:plutot que|au lieu)(?: de| d')?\b"), 3),
    (re.compile(r"\b(?:enfrei\w+|viol(?:e|ent|er)|contrevien\w+|manque\w* a|non-?(?:respect|conform)\w*)\b"), 1),
    (re.compile(r"\b(?:ignor|neglig|refus|renonc)(?:e|ent|er|eant|ant)\b|\bs'abst(?:ien\w*|enir)\b|\bomett\w+\b"), 3),
    (
        re.compile(
            r"\b(?:absence|depourvu\w*|exempte?s?|denue\w*|suppression) "
            r"(?:de|d'|des|les?|la|l')"
        ),
        3,
    ),
)
"""What denies the next words only, and how many content words it reaches."""
REDUCES = re.compile(r"\b(?:est|sont) a eviter\b")
"""Says of what stands before it what "éviter" says of what follows."""
WITH = re.compile(r"\bavec\b(?! le temps)")
SAVE = re.compile(r"\b(?:ailleurs|autrement|autre chose|rien d'autre|d'autres? \w+) qu(?:e\b|')")
"""With a denial: what follows is the only thing admitted."""
EXCEPTS = re.compile(r"^(?:hors|sauf|hormis|excepte|a moins|a l'exception|en dehors)\b")
"""What it says is not one more thing of the list that a ban introduces."""
LACKING = re.compile(r"\b(?:sans|ni) (?:aucun\w* )?(?:[\w'-]+ ){0,5}[\w'-]+$")
JOINED = re.compile(r"^(?:de |d'|des )?[\w-]+(?:(?: et| ou| ni)+ (?:de |d'|des )?[\w-]+)?$")
"""A noun or two without an article: they go on with what "sans" began."""
CASE = re.compile(r"^(?:(?:oui|non|donc) )?(?:si|s'ils?|dans le cas|en cas|des lors|tant que|une fois)\b")
"""A case before the sentence: what is said next is not said of it."""
STARTS_ANEW = re.compile(
    r"^(?:l'|le |la |les |il |elle |on |un |une |ce |c'|en |vous )|\b(?:est|sont|a|ont|doi\w+|peu\w+)\b"
)
RELATIVE = re.compile(r"\bqui (?:ne |n')")
"""A relative clause that denies: what it denies ends at the next verb."""
MAIN_VERB = re.compile(r"\b(?:est|sont|doi\w+|peu\w+|voi\w+|sera|seront)\b")
SUBORDINATE = re.compile(r"\b(?:que |qu'|qui |ou |si )")
CIRCUMSTANCE = re.compile(r"\b(?:si|s'ils?|avant|pour|lors|pendant|grace|depuis|malgre|juste|apres|en cas)\b")
_MODAL_WORDS = """
    obligatoire obligatoirement obligation impératif impérativement nécessaire nécessairement tenu exigé exige requis
    indispensable recommandé recommande préconisé conseillé préférable préférence privilégier possible possibilité
    autorisé permis facultatif optionnel éventuel éventuellement interdit interdiction proscrit proscrire éviter
    prohibé impose imposé besoin convient devrait devraient devra devront seul seule uniquement exclusivement jamais
    déconseillé déconseille pourra pourront pourrait pourraient non dispensé inutile souhaitable strictement mieux
    vaut ailleurs
"""
MODAL_STEMS = frozenset(word_stem(without_accents(word)) for word in _MODAL_WORDS.split())
"""Stems that say how, not what."""
