"""Every rule of the linter: its name, how grave what it finds is, and one sentence about it."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.lint.findings import Finding, Severity
from ingest.lint.reading import LintedDocument


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing the linter looks for; the description is French and fits one line."""

    name: str
    severity: Severity
    description: str
    judgement: bool = False


_ALL = (
    # numbering
    Rule("id-duplique", "error", "Un même identifiant est imprimé deux fois dans un tableau."),
    Rule("numero-manquant", "warning", "La numérotation d'une famille saute des numéros."),
    Rule("numero-desordre", "warning", "Une ligne n'est pas à sa place dans l'ordre des numéros."),
    Rule("suffixe-variable", "warning", "Un même suffixe d'identifiant est écrit de plusieurs façons."),
    # fields
    Rule("type-absent", "error", "Une exigence n'a pas de type P ou I lisible."),
    Rule("texte-absent", "error", "Une exigence n'a pas de texte."),
    Rule("categorie-absente", "warning", "Une exigence n'a pas de catégorie."),
    Rule("definition-absente", "warning", "Un terme du glossaire n'a pas de définition, ou l'inverse."),
    Rule("maturite-absente", "warning", "Un composant n'a pas d'état de maturité."),
    Rule("verbe-recommandation", "info", "Une exigence P commence par recommander au lieu d'imposer.", True),
    Rule("verbe-obligation", "info", "Une exigence I commence par imposer au lieu de recommander.", True),
    # tables
    Rule("entete-vide", "warning", "La ligne d'en-tête d'un tableau est vide."),
    Rule("entete-fausse", "warning", "La ligne d'en-tête d'un tableau est une ligne de données."),
    Rule("entete-absente", "error", "Un tableau n'a pas de ligne de tirets : il ne s'affiche pas comme un tableau."),
    Rule("ligne-vide", "info", "Un tableau contient des lignes vides."),
    Rule("ligne-separatrice", "info", "Une ligne de tableau ne sert que de séparateur."),
    Rule("ligne-hors-exigence", "info", "Une ligne du tableau d'exigences n'est pas une exigence.", True),
    Rule("colonnes", "error", "Une ligne n'a pas autant de cellules que l'en-tête de son tableau."),
    Rule("ligne-coupee", "error", "Une ligne de tableau est coupée par des retours à la ligne."),
    Rule("ligne-illisible", "warning", "Une ligne de tableau qui porte un contenu n'a pas pu être lue."),
    Rule("intitule-duplique", "warning", "Deux lignes d'un tableau portent le même intitulé."),
    # links
    Rule("lien-fichier-absent", "error", "Un lien mène à un fichier qui n'existe pas à cette révision."),
    Rule("ancre-absente", "error", "Un lien mène à une ancre qui n'existe pas dans le document."),
    Rule("lien-coupe", "warning", "Le libellé d'un lien est coupé : une partie de l'adresse est en dehors."),
    Rule("libelle-adresse", "warning", "Le libellé d'un lien est une autre adresse que celle qu'il ouvre."),
    Rule("libelle-norme", "warning", "L'intitulé nomme une norme, l'adresse mène à une autre."),
    Rule("adresse-echappee", "info", "Des adresses sont écrites avec des échappements et ne sont pas cliquables."),
    # structure
    Rule("titre-vide", "warning", "Un titre n'a pas de texte."),
    Rule("note-orpheline", "info", "Une note de bas de page n'est appelée nulle part, ou n'existe pas."),
    Rule("image-sans-description", "info", "Une image n'a pas de vrai texte de remplacement."),
    # dates and versions
    Rule("date-perimee", "warning", "La date imprimée ne correspond pas à la dernière modification du texte."),
    Rule("version-perimee", "warning", "Une version citée n'est plus maintenue par son éditeur."),
    # vocabulary
    Rule("sigle-absent", "info", "Un sigle employé plusieurs fois n'est ni au glossaire ni expliqué.", True),
    Rule("sigle-deux-sens", "warning", "Un sigle est développé de deux façons différentes."),
    # across sources
    Rule("meme-id-autre-type", "error", "Un même identifiant a un autre type dans une autre source."),
    Rule("meme-id-autre-texte", "warning", "Un même identifiant a un autre texte dans une autre source."),
    Rule("meme-id-autre-categorie", "info", "Un même identifiant a une autre catégorie dans une autre source."),
    Rule("copie-divergente", "info", "Un passage copié d'un autre document n'a pas suivi ses corrections.", True),
    # reading
    Rule("document-illisible", "error", "Un document déclaré manque ou ne peut pas être lu."),
)
RULES: dict[str, Rule] = {rule.name: rule for rule in _ALL}


def found(rule: str, where: LintedDocument, line: int, message: str) -> Finding:
    """A finding of that rule in that document."""
    kind = RULES[rule]
    return Finding(kind.name, kind.severity, where.source, where.path, line, message, kind.judgement)
