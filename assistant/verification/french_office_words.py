"""Words of administration and software that say the same, a group a line."""

OFFICE_GROUPS = """
normaliser standardiser harmoniser uniformiser norme standard standardisation harmonisation
maintien maintenir entretien entretenir maintenance
balancing répartir répartition équilibrer équilibrage load
orienter orientation diriger aiguiller router routage acheminer
imposer appliquer valoir obligatoire
écrire rédiger rédaction formuler formulation
demander solliciter demande requête
manière méthode procédé moyen
but objectif finalité visée ambition
aspect volet dimension axe thème sujet domaine
cadre référentiel guide document
règle consigne principe norme
mesure disposition action
partie portion part volet composante
agent fonctionnaire employé
entreprise société
administration état ministère
bureau service département direction
réunion comité instance
rôle fonction mission tâche
équipe groupe
tiers externe partenaire prestataire fournisseur
client consommateur utilisateur
propriétaire détenteur porteur
métier fonctionnel
étape phase jalon stade
calendrier planning échéancier
délai durée période temps
début commencement départ ouverture
achever terminer finir clore clôturer fin
poursuivre continuer prolonger
suspendre interrompre arrêter stopper
commencer débuter démarrer entamer
répéter réitérer rejouer
changer varier variation écart
transformer convertir conversion transformation
traduire exprimer
nommer désigner appeler intituler
compter dénombrer nombre
grandir croître croissance augmenter hausse
ajouter compléter compléments supplément
supprimer effacer retirer ôter enlever éliminer purger
masquer cacher occulter transparent
afficher présenter montrer restituer
publier diffuser divulguer
partager commun mutuel
rassembler regrouper réunir centraliser agréger
séparer diviser découper fractionner scinder
associer lier rattacher relier liaison lien
dépendre reposer appuyer
comparer confronter comparaison
classer trier ranger catégoriser classification catégorie
ordre priorité rang
qualifier caractériser
prouver attester démontrer
analyser examiner étudier analyse examen
résultat issue sortie
cause raison motif origine
conséquence effet suite impact
danger menace risque
attaque intrusion compromission
fuite perte divulgation
confidentiel secret sensible sensibilité
clé clef
jeton token
mot motdepasse credential identifiant
compte utilisateur profil
habilitation droit permission
authentique vérifié
copie double réplique réplication
site emplacement lieu localisation
disque stockage volume
mémoire ram
calcul compute traitement
réseau lan internet
requête appel demande
flux trafic stream
cache tampon
scalabilité élasticité élastique
résilience robustesse résistant tolérance résister
disponibilité accessible continuité
panne défaillance incident
bascule basculement failover basculer
surcharge saturation congestion
lenteur latence lent
latence délai
débit bande
bibliothèque librairie library paquet package dépendance
code programme source
script programme
test essai vérification recette
recette acceptance qualification
livrable livraison release version
branche branch
anomalie bug défaut
ticket issue demande
fonctionnalité feature fonction
développeur concepteur programmeur
exploitation run opération opérateur ops
déploiement déployer livraison
retour rollback revenir arrière
mise production service
outil outillage logiciel
chaîne pipeline
automatisme automate robot
modèle ia llm
apprentissage entraînement entraîner
invite prompt consigne
inférence prédiction
biais équité discrimination
langage langue
texte contenu écrit
corpus données ensemble
indexation index indexer
recherche retrouver trouver
agent assistant chatbot conversationnel
énergie consommation électricité
empreinte bilan impact
carbone co2 climat
matériel équipement appareil terminal
budget coût financement
financer payer rémunérer facturer facturation
tarif prix coût
acheter acquérir achat acquisition commander
marché contrat
candidat soumissionnaire offre
valider approuver accepter accord agréer
refuser rejeter décliner
obliger contraindre astreindre
recommander conseiller préconiser suggérer
permettre autoriser
tolérer admettre accepter
garantir assurer
promettre engager engagement
informer communiquer avertir
signaler déclarer
contacter joindre saisir
échanger discuter dialoguer
rencontrer croiser
former apprendre sensibiliser
recruter embaucher recrutement
savoir compétence expertise
expérience pratique usage
habitude coutume usage
exemple illustration cas
situation contexte circonstance cas
condition critère prérequis
contrainte limite limitation restriction
dérogation exception
écart différence divergence
accord convention
entente accord
signature signer
pièce document annexe
formulaire gabarit modèle
tableau grille matrice
schéma diagramme figure
couche niveau strate
bordure périmètre frontière
externe extérieur dehors
interne intérieur dedans
haut supérieur
bas inférieur
principal majeur central
secondaire accessoire annexe
initial premier originel
final dernier ultime
actuel présent courant
futur prochain suivant venir
ancien précédent antérieur passé
immédiat instantané direct
progressif graduel étape
permanent constant continu
ponctuel occasionnel
rare exceptionnel
fréquent courant
général global
global ensemble
local site
spécifique particulier propre dédié
adapté approprié adéquat convenable
correct exact juste
complexe compliqué difficile
facile aisé simple
rapide vite prompt accéléré
lent ralenti
robuste solide fiable
fiable sûr
ouvert libre open
gratuit libre
payant cher
visible apparent
clair lisible compréhensible
précis détaillé exact
complet exhaustif
vaste large étendu
restreint limité
égal identique même semblable
différent distinct divers
nécessaire utile
superflu inutile
cohérent cohérence homogène
conforme conformité
mesurer quantifier
améliorer perfectionner
dégrader détériorer
détruire supprimer
créer générer produire
engendrer générer provoquer
empêcher bloquer
protéger préserver
surveiller observer contrôler
diriger gouverner gouvernance
administrer gérer gestion administration
organiser structurer
planifier programmer prévoir
préparer anticiper
décrire détailler
définir fixer déterminer
choisir sélectionner
essayer tenter
réussir parvenir succès
échouer échec
oublier omettre
rappeler souligner
"""
"""The same form as the groups of french_synonyms.py."""
