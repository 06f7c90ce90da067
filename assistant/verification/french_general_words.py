"""Words of any French text that say the same, a group a line: what a paraphrase changes beside technical words."""

GENERAL_GROUPS = """
aider aide faciliter permettre contribuer favoriser soutenir accompagner
favoriser encourager promouvoir inciter
viser vise but objectif objectifs destiner servir afin
consacrer dédier dédié réserver réservé
personne acteur acteurs utilisateur individu
concerner adresser cibler porter
envisager considérer prévoir projeter réfléchir étudier étude
bâtir élaborer élaboration créer réaliser réalisation produire concevoir développer fabriquer
améliorer amélioration progresser progression accroître renforcer meilleur optimiser
préserver garder conserver maintenir maintien constant constante
contenir comporter comprendre inclure intégrer composer composé
atteindre satisfaire obtenir parvenir
profond majeur important massif massivement fort
initialiser initialisation démarrer lancer débuter mise
revenir incomber charge responsabilité responsable appartenir reposer
encadrer cadrer contraindre contraint restreindre
libre liberté autonome autonomie indépendant
manquer manque absence défaut faute
remanier refactoring refactorer réécrire retravailler
tableau bord dashboard
expliquer explicabilité explicable expliquant
tracer traçabilité trace traçable
écart non-conformité divergence différence
amender modifier lever dispenser
notifier avertir prévenir informer signaler
décision choix arbitrage
décider choisir opter
durable pérenne permanent définitif
temporaire temporairement provisoire provisoirement
supporter assumer prendre payer
coût surcoût dépense
empaqueter repackager packager emballer
prêt préconfiguré disponible
allègement alléger réduire diminuer décharger
gagner gain améliorer augmenter
efficace efficience efficient performant performance
retour feedback avis appréciation appréciations
opposer contraire antagoniste inverse
accélérer accélération rapide vite
freiner ralentir limiter restreindre brider
partager circuler circulation mutualiser diffuser
humain humaine humaines rh
écologique écologiques énergétique environnemental
restreint restreindre limiter réserver minimum
habiliter habilitation habilité accréditation accrédité autorisé
dangereux risque risqué néfaste
confort ergonomie ergonomique
interaction interactions échange échanges dialogue interagir dialoguer
reproductible répétable
déduire lecture lire dériver
ouvrir ouverture
contribuer contribution participer participation
commenter commentaire commentaires remarque remarques
consulter lire accéder voir
obtenir récupérer recevoir
supplémentaire additionnel complémentaire
supposer présumer réputer réputé
juger estimer évaluer apprécier
jeu jeux ensemble collection corpus
comprendre inclure
personnaliser personnalisation adapter
connaître savoir maîtriser
compétent compétence compétences formé
courant habituel classique typique
problème problématique difficulté
gros large grand important
poids peser pèse volume taille
énergie énergétique électrique
règlement réglementation réglementaire loi législatif législation
loi lois législatif légal légale
commande commander acheter
fondation organisme organisation association
supporter absorber tenir résister
extrême extrêmement très
composer composé réunir regrouper
mener conduire piloter diriger orchestrer
piloter pilotable pilotage commander
remettre fournir transmettre
entrée arrivée
sortie sortir
repérer identifier détecter trouver
oublier oublié laisser laissé
petit réduit léger
nombreux multiple plusieurs
nouvel nouveau nouvelle récent
ancien legacy
obsolète obsolescence périmé
remplacer substituer
rejeter rejet refuser refus écarter exclure exclusion
sanction exclusion pénalité
entraîner causer provoquer conduire impliquer engendrer
éviter prévenir empêcher
suffire suffisant
découler hériter provenir issu venir
provenir venir issu originaire
externe extérieur dehors hors
hors dehors ailleurs extérieur
dialogue échange concertation
récemment dernier dernière
"""
"""The same form as the groups of french_synonyms.py."""
