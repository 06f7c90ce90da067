"""Everyday words that a clear answer puts for those of a requirement, a group a line."""

EVERYDAY_GROUPS = """
tourner fonctionner marcher exécuter déployer héberger
ranger stocker placer conserver mettre garder
retenir conserver garder mémoriser stocker choisir
grossir augmenter croître enrichir gonfler étoffer alimenter accroître
stock base réserve ensemble collection
alléger réduire diminuer simplifier
relire revoir réviser relecture révision revue
réviser revoir mettre jour actualiser
rencontrer détecter trouver constater découvrir observer
repérer détecter identifier trouver voir
borner limiter restreindre cantonner
libérer exempter dégager affranchir
attente délai temps durée moment
subir entraîner connaître souffrir
tomber panne échouer indisponible arrêter disparaître
échouer échec erreur panne
tenir respecter supporter assurer
supporter tolérer accepter résister endurer
tolérer accepter permettre admettre supporter
perte disparition indisponibilité panne absence arrêt
bascule basculer basculement changer déplacer migrer transférer
déplacer changer basculer bouger migrer
contenter limiter suffire borner
maison interne dédié spécifique sur-mesure custom propre
mesure custom spécifique dédié
outillage outil outils tooling
brut nu nue vierge
isoler séparer distinguer part
distinct séparé autre différent part
traverser passer transiter franchir
emprunter passer utiliser transiter
pousser push envoyer transmettre
tirer pull récupérer
ouvrir exposer accessible public
visible exposé accessible ouvert
bannir proscrire interdire exclure
réclamer exiger demander imposer requérir vouloir nécessiter
vouloir demander souhaiter exiger
supposer nécessiter impliquer demander exiger requérir
impliquer entraîner signifier nécessiter
entrer accéder intégrer pénétrer accès
atteindre accéder obtenir joindre
sortir quitter
bâtir construire concevoir élaborer
fabriquer construire produire créer refaire
refabriquer refaire reconstruire
refaire refabriquer recréer reproduire
repartir recréer recommencer reprendre
neuf nouveau récent
ancien précédent antérieur
précédent ancien antérieur
suivant prochain nouveau
en-place courant actuel existant
actuel courant présent existant
prochain suivant futur
prévenu averti informé alerté
averti prévenu informé alerté
bref rapide court
vite rapide tôt promptement rapidement
sereinement confiance sécurité tranquillement
inquiétude risque problème
assumer charge supporter porter payer
endosser charge assumer
payer charge coût supporter facturer
surcoût coût dépense
facture coût facturation facturer
décider choisir déterminer arrêter fixer
arrêter décider fixer suspendre
trancher décider arbitrer
arbitrer trancher décider
dossier pièce document
annexer joindre ajouter
produire fournir livrer générer donner
remettre livrer fournir donner
apporter fournir donner contribuer
procurer fournir donner
recueillir collecter récupérer rassembler
collecter recueillir récupérer capter
rassembler réunir regrouper centraliser
regrouper réunir rassembler grouper
noter notation note évaluer évaluation
discussion impératif discuter échange
discuter échanger parler concerter
contribuer participer apporter enrichir
participer contribuer associer
déposer formuler soumettre transmettre
formuler déposer rédiger exprimer émettre
motiver justifier argumenter
conforme respecter conformité
enfreindre violer respecter
loi légal réglementaire juridique
légal réglementaire juridique loi
règlement réglementation règle
dérégler perturber dysfonctionnement
perturber dysfonctionnement gêner troubler
dysfonctionner panne dysfonctionnement
goulet étranglement goulot
prévu prévoir planifier envisager
envisager prévoir considérer
compte considération prendre
considérer tenir compte regarder
regarder vérifier consulter examiner
consulter lire voir regarder
examiner étudier analyser vérifier
étudier analyser examiner évaluer
écrire rédiger coder implémenter
coder programmer implémenter développer
implémenter implémentation mettre coder réaliser
mise implémentation
passer recourir utiliser
passe utilise
servir utiliser alimenter
recette test validation
brancher raccorder connecter
lier relier attacher associer
attaché lié associé rattaché
rattacher lier associer
dépendre reposer dépendance
fonction selon dépendre
confier charger attribuer déléguer responsabilité
déléguer confier
charger responsable confier incomber
incomber responsable charge revenir assurer
piloter gérer conduire diriger orchestrer
conduire mener piloter
mener conduire réaliser effectuer
épauler accompagner aider soutenir
aider accompagner faciliter soutenir
lancement démarrage initialisation début
démarrer lancer débuter initialiser
relancer redémarrer
stopper arrêter bloquer
bloquer arrêter stopper interrompre empêcher
déclencher lancer provoquer entraîner
provoquer entraîner générer causer
causer entraîner générer provoquer
engendrer générer entraîner provoquer
conséquence impact effet
retour rollback arrière
usage utilisation cas emploi
besoin nécessité
chiffre nombre valeur
nombre quantité volume
taille volume dimension
gros grand important volumineux
grand important large
large étendu vaste
courant classique habituel fréquent usuel commun
classique courant habituel standard
habituel courant classique
principal majeur essentiel central
central principal centralisé
exact précis
clair explicite précis
explicite clair explicitement
numéro valeur version
étiqueter tag
libellé nom intitulé
appeler nommer dénommer
tracer traçabilité trace traces tracé journaliser
traçabilité tracer suivi
historique trace journal
mémoire état session
session état
effacer supprimer
supprimer effacer retirer éliminer
retirer supprimer enlever
annuler supprimer rejeter
rejeter refuser annuler
écart variation différence divergence
retouche modification changement correction
toucher modifier
rectifier corriger modifier
adapter ajuster paramétrer
ajuster adapter affiner régler
affiner ajuster préciser
accréditation habilitation autorisation
habilité autorisé accrédité
renforcé fort élevé
poste terminal station
bureau poste
distance distant
gratuit libre
libre open ouvert gratuit
diffuser publier disponible mettre
publier diffuser disponible exposer
obtenir disponible accéder récupérer
disposer avoir bénéficier
bénéficier profiter disposer
profiter bénéficier tirer
exister disponible présent
présent exister figurer
figurer trouver mentionner inscrire
inscrire référencer enregistrer inscription référencement
ensemble totalité intégralité tout
intégral complet entier total
reste autre restant
contexte situation cas
situation cas contexte
circonstance cas condition
condition modalité prérequis
modalité condition
façon manière mode
type sorte catégorie nature
nature type caractère
catégorie classe type niveau
classer catégorie ranger classement organiser
personne individu humain
humain personne
quelqu'un personne
vigilance attention point
attention vigilance point majeur
danger risque
menace risque vulnérabilité
attaque attaquant menace
fuite divulgation perte
filtrer filtrage bloquer
trier tri filtrer
équilibrer répartir balancing
cohabiter coexister
autoriser permettre habiliter
interroger requêter consulter appeler
requêter interroger
question requête demande
répondre réponse couvrir satisfaire
satisfaire couvrir répondre respecter
remplir satisfaire compléter
suffire permettre couvrir
compléter ajouter complémentaire
complément ajout supplément complémentaire
supplémentaire additionnel complémentaire autre
semblable similaire identique même
identique même pareil
commun mutualisé partagé
partager commun mutualiser
propre dédié spécifique
privé dédié interne
unitaire unité
journée jour
quotidien jour
année an annuel
heure horaire
"""
