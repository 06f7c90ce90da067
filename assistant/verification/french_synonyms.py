"""Words that say the same in a requirement, and verbs that say little: what a paraphrase changes.

Written for the vocabulary of requirements, not drawn from a thesaurus: a general one holds "utiliser" and "abuser"
for alike. Words whose exchange would change a duty, a number or a direction are in no group.
"""

from __future__ import annotations

from functools import lru_cache

from assistant.search.french_text import without_accents
from assistant.verification.french_everyday_words import EVERYDAY_GROUPS
from assistant.verification.french_general_words import GENERAL_GROUPS
from assistant.verification.french_office_words import OFFICE_GROUPS
from assistant.verification.french_words import word_stem

_GROUPS = """
utiliser utilisation usage employer emploi recourir recours consommer consommation exploiter servir user utilisateur
usager utilisateur
choisir choix sélectionner sélection retenir opter
vérifier vérification contrôler contrôle tester test valider validation
surveiller surveillance suivre suivi monitorer monitoring superviser supervision veiller observer observabilité
corriger correction correctif remédier remédiation rectifier rectification résoudre
défaut bug anomalie erreur dysfonctionnement problème
panne incident dysfonctionnement indisponibilité arrêt interruption
baisser baisse diminuer diminution décroître décroissant décroissante décroissance dégrader réduire réduction
réduire réduction limiter minimiser restreindre
augmenter augmentation accroître améliorer amélioration renforcer renforcement
rapide rapidement vite promptement
fréquent fréquents fréquente fréquemment régulier régulièrement souvent courant courants
systématique systématiquement toujours permanent permanente permanence
respecter respect conforme conformité suivre observer appliquer applicable application
coût coûteux coûteuse cher chère dépense dépenses
bénéfice gain avantage profit
équilibre balance rapport
bilan point revue évaluation
revoir revue repenser relire relecture
chercher rechercher recherche
essayer expérimenter expérimentation
fournir fourniture proposer donner offrir offre mettre disposition livrer
livrer livraison
montrer prouver preuve preuves attester justifier justification justificatif démontrer
justifier motiver motivation argumenter argument expliquer
nécessaire requérir requis exiger exigé besoin nécessiter
déclarer déclaratif déclarative déclaration
calculer calculé calculée calcul
organiser organisation organisationnel organisationnelle orchestrer orchestration
séparer séparation séparé distinct indépendant isoler isolement part
indépendant indépendamment autonome seul isolément
découpler découplage découplé indépendant
couplage couplé dépendance dépendant dépendre
lâche faible faiblement
léger légère alléger allégée fin fine minimal minimale minimaliste minimalistes
simple unique primaire atomique
petit petite réduit réduite taille
essentiel principal principale majeur majeure primordial
utile utilité nécessaire
inutile superflu essentiel
fort fortement vivement vif
important structurant majeur
stocker stockage conserver conservation garder héberger hébergement persister persistance placer
magasin base dépôt entrepôt stockage
dépôt repository référentiel repo
modèle template gabarit
exemple illustratif illustration
sauvegarde sauvegarder copie backup
restaurer restauration reprise rétablir récupérer récupération
redémarrer redémarrage relancer relance
démarrer démarrage lancer lancement
exécuter exécution tourner fonctionner fonctionnement marcher
fonctionner fonctionnement marche
déployer déploiement installer installation livrer
construire construction build bâtir création créer compiler
recréer recréation recréé nouveau reconstruire
écraser écrase remplacer remplacement
modifier modification changer changement évolution évoluer
évolution évoluer amélioration
version versionner versionné versionnée
journal journaux log logs trace traces
message messages évènement événement événements
envoyer envoi rediriger redirigé redirection diriger transmettre transmission émettre générer
écrire écriture enregistrer
lire lecture readonly
trafic flux échange échanges communication
communiquer communication échanger joindre dialoguer
transit transiter passer passage
passerelle gateway intermédiation proxy intermédiaire
raccorder raccordement intégrer intégration brancher connecter connexion relier
intégrer intégration inclure inclus inclusion embarquer embarqué comporter contenir ajouter
connexion login authentification authentifier identification identifier
identifier identification reconnaître
citoyen public usager
agent agents fonctionnaire
exposer exposé exposée accessible ouvert ouverte
accessible disponible joignable accès
inaccessible indisponible
protéger protection sécuriser sécurité sécurisé sûr défendre
chiffrer chiffrement crypter
vulnérabilité vulnérabilités faille failles cve
site on-prem prem local locaux premise datacenter
mélange mixte hybride mixer
infrastructure plateforme
conteneur conteneurs container containers conteneurisé
serveur server
noeud node
grappe cluster
étiquette tag
espace namespace
secret secrets
fichier fichiers file
système systèmes fs
réseau réseaux network
port ports
privilège privilèges droit droits
racine racines root
droit droits
image images
paramètre paramètres réglage réglages configuration configurer paramétrer paramétré valeur
renseigner renseigné spécifier spécifié préciser indiquer définir fixer imposer positionner
mettre mise positionner placer donner
modulaire module modules composant composants brique
composant composants élément éléments brique
service services
application applications logiciel appli solution
solution produit application
équipe équipes développeur développeurs
développer développement concevoir conception concepteur
conception concevoir penser prévoir prévu
responsable responsabilité charge incomber ressort relever revenir répondre
former formation formé compétence
certification certifier certifié
expert experts spécialiste coach coachs
accompagner accompagnement appui appuyer soutien soutenir aide aider
appuyer appui reposer baser fonder
prévenir avertir notifier notification alerter alerte alerting signaler informer
signaler remonter remontée
détecter détection trouver découvrir découvert
mesurer mesure mesurable
performance performant performances
montée monter échelle scalabilité charge
continuité continu continue
durée temps délai
moment instant
tôt avance
début lancement initialisation
fin terme
interruption arrêt coupure
dégradé dégradée dégradation dégrader
transaction transactions opération opérations
idempotent idempotence idempotente idempotentes
état états
central centrale centralisé centralisée
nom nommage nommer dénomination
norme normes standard standards
anonymiser anonymisation anonyme anonymisé
personnel personnelle personnelles rgpd
référencer référencement inscrire inscription recenser enregistrer figurer
catalogue registre
registre registry
cohabiter coexister coexistence cohabitation simultanément
impact effet conséquence incidence
empêcher bloquer blocage bloqué interdire
suspendre suspension suspendu couper
contradiction contredire incohérence incompatibilité divergence
primer prévaloir supérieur supérieure supérieures emporter dessus
document pièce texte
proposer soumettre soumission présenter
appel offre marché consultation
titulaire opérateur prestataire
contrat contractualisation contractualiser convention contractuel
convention accord
ministère ministériel ministérielle ministérielles
réutiliser mutualiser mutualisé mutualisée partagé commun socle
frugal frugale frugalité sobre sobriété économe
terminal poste appareil
optimiser optimisation optimisé optimisée
token tokens jeton jetons
moyenne moyen
estimer estimation estimatif
réentraîner réentraînement entraînement
réponse réponses
capitaliser capitalisation conserver
enrichir enrichissement
couvrir couverture couvert
complet totale total totalité entier ensemble intégralité
tous ensemble totalité
parcours séquence séquences scénario
régression régressions non-régression
joindre annexer annexé annexée joint
relecture revue review pairs peer
automatique automatisé automatisée automatiquement automatisation automatiser
manuel main manuellement
unique seul uniquement exclusivement
documenter documenté documentation description décrire
interface api interfaces
décrire description descriptif préciser
lister liste
asynchrone asynchrones
bus file
abonner écoute écouter
faciliter facilité aisé simple simplifier
permettre possible rendre
étape étapes stage multi-stage
débogage débug debug déboguer
distribuer distribution répartir réparti répartition répartis
certificat certificats
renouveler renouvellement renouvelé expirer
monter montage monté volume
échéance date
"""
_LIGHT_WORDS = """
    passer passe passent appuyer appuie reposer repose opter prévoir prévoit prévu falloir devoir vouloir pouvoir
    permettre permet assurer assure garantir garantit constituer concerner concerne servir sert rendre rend mettre
    met mise mettez donner donne donnez prendre prend tenir tient compte faire fait effectuer réaliser réalise
    réalisé disposer dispose falloir porter porte figurer trouver trouve rester reste venir vient suivre suit aller
    va obtenir avoir être devenir sembler partir viser vise but objectif objectifs attendu attendue attendus
    permettant nécessairement penser pensez pensée pensé choisir choisissez préférer préférez privilégier veiller
    chercher éviter évitez utiliser utilisez utilisé employer recourir recours oui non côté lorsque comme tel telle
    aider aide aident contribuer contribue provenir provient appartenir répondre répond devenir devient arriver
    arrive accompagner accompagné gagner donner permettre fois grâce assez surtout plutôt notamment façon fort
    fortement bonne bon meilleur mieux personne envers selon sorte cas fin temps ici telle sert devenir
    aussi ainsi donc principalement généralement général typiquement simplement seulement directement possible
    possibles desormais maintenant deja encore actuellement aujourd'hui auparavant surtout tres bien davantage
    etait etaient sera seront ete etant quelque quelques certain certains certaines chaque chacun chacune tout toute
    precedemment egalement specialement particulierement effectivement reellement ensuite tard tot autour
    toutefois cependant sinon dès soit auprès envers bout avance moment partie parties
"""

LIGHT_STEMS = frozenset(word_stem(without_accents(word)) for word in _LIGHT_WORDS.split())
"""Stems of words that carry a claim without being it: their absence from a passage tells little."""


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in (_GROUPS + GENERAL_GROUPS + OFFICE_GROUPS + EVERYDAY_GROUPS).strip().splitlines():
        group = frozenset(word_stem(without_accents(word)) for word in line.split())
        for member in group:
            found[member] = found.get(member, frozenset()) | group
    return found


@lru_cache(maxsize=20_000)
def synonyms(wanted: str) -> frozenset[str]:
    """The stems that say the same as a stem, itself left out."""
    return _groups().get(wanted, frozenset()) - {wanted}
