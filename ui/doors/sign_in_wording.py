"""French sentences of signing in and of the guard around the whole service."""

from __future__ import annotations

SIGN_IN_NEEDED_TITLE = "Connexion nécessaire"
SIGN_IN_NEEDED = "Connectez-vous à /auth/login, ou donnez l'en-tête « Authorization: Bearer JETON »."
BAD_TOKEN = "Le jeton donné est inconnu, expiré, ou n'est pas destiné à ce service."
SESSION_LOST_TITLE = "Votre session est finie"
SESSION_LOST = (
    "Rien de ce que vous avez saisi n'est perdu : connectez-vous dans un autre onglet, puis rechargez cette page et "
    "acceptez de renvoyer le formulaire."
)
SIGN_IN = "Se connecter"
SIGN_IN_NEW_TAB = "Se connecter (nouvel onglet)"
SIGN_IN_AGAIN = "Recommencer la connexion"
SIGN_OUT = "Se déconnecter"
SIGN_OUT_TITLE = "Se déconnecter"
SIGN_OUT_ASKED = "Votre session sur ce service sera fermée, puis celle du fournisseur d'identité."
SIGNED_OUT_TITLE = "Vous êtes déconnecté"
SIGNED_OUT = "Votre session sur ce service est fermée."
SIGNED_IN_TITLE = "Vous êtes connecté"
SIGNED_IN = "Si vous étiez en train de remplir un formulaire, fermez cet onglet et rechargez l'autre."
NOT_SIGNED_IN = "Vous n'êtes pas connecté."
BACK_HOME = "Retour à l'accueil"
TRY_AGAIN = "Réessayer"

PROVIDER_DOWN_TITLE = "Connexion momentanément impossible"
PROVIDER_DOWN = (
    "Le fournisseur d'identité ne répond pas, ou répond autrement que prévu. Ce n'est pas de votre fait : réessayez "
    "dans quelques minutes ; si le problème demeure, prévenez l'exploitant."
)
PROVIDER_DOWN_FOR_TOKEN = "Le jeton ne peut pas être vérifié : le fournisseur d'identité ne répond pas."
REFUSED_TITLE = "Connexion refusée"
REFUSED = {
    "state": "Cette connexion n'a pas été commencée dans ce navigateur, ou l'a été il y a trop longtemps.",
    "denied": "Le fournisseur d'identité n'a pas accordé la connexion.",
    "token": "L'identité reçue n'a pas pu être vérifiée : elle est expirée, ou n'est pas destinée à ce service.",
    "code": "Le fournisseur d'identité a refusé le code de connexion.",
}
NO_ROLE_TITLE = "Accès non accordé"
NO_ROLE = "Votre compte est reconnu, mais il n'a pas le rôle qui donne accès au service. Demandez-le à l'exploitant."
BAD_REQUEST_TITLE = "Requête refusée"
MAINTAINERS_ONLY_TITLE = "Réservé aux mainteneurs"
MAINTAINERS_ONLY = "Cette page est réservée aux mainteneurs : demandez ce rôle à l'exploitant."

CLOSED_TITLE = "Service fermé à cette adresse"
CLOSED_HERE = (
    "Sans connexion réglée, ce service ne répond qu'à la machine où il tourne, à l'adresse localhost ou 127.0.0.1. "
    "L'exploitant règle la connexion (OIDC_ISSUER), ou CCT_OPEN=true pour répondre à tous."
)
CLOSED_PAGES = (
    "Aucune connexion n'est réglée : seules les portes des autres programmes répondent. L'exploitant règle la "
    "connexion (OIDC_ISSUER), ou CCT_OPEN=true pour répondre à tous."
)
UNKNOWN_HOST_TITLE = "Nom d'hôte refusé"
UNKNOWN_HOST = (
    "Le service n'est pas connu sous ce nom. L'exploitant l'ajoute à CCT_ALLOWED_HOSTS, ou règle CCT_PUBLIC_URL."
)
OTHER_ORIGIN_TITLE = "Requête d'un autre site"
OTHER_ORIGIN = "Cette requête a été envoyée par la page d'un autre site, ou ne dit pas d'où elle vient : refusée."
TOO_MANY_TITLE = "Trop de questions"
TOO_MANY = "La limite est de {rate} questions par minute. Réessayez dans {wait} s."
TOO_MANY_GESTURES = "Trop de demandes à la fois. Réessayez dans {wait} s."

CLOSED_AT_START = "Le service écouterait sur {host}, au-delà de cette machine, sans demander qui l'interroge."
CLOSED_REMEDY = (
    "Réglez la connexion (OIDC_ISSUER, OIDC_CLIENT_ID, CCT_PUBLIC_URL, CCT_SESSION_SECRET : docs/deploiement.md), ou "
    "dites que tous peuvent l'interroger : CCT_OPEN=true."
)
PAGES_CLOSED_AT_START = (
    "Pages et API fermées : l'adresse {host} dépasse cette machine et aucune connexion n'est réglée (OIDC_ISSUER, ou "
    "CCT_OPEN=true). Les portes /v1 et /mcp répondent selon CCT_API_TOKENS et CCT_API_OPEN."
)
OPEN_AT_START = "Service ouvert : CCT_OPEN=true, quiconque atteint {host} peut l'interroger."
SETTING_REFUSED = "Réglage {name} refusé : {reason}"
SETTING_REASONS = {
    "int_parsing": "il faut un nombre entier.",
    "float_parsing": "il faut un nombre.",
    "bool_parsing": "il faut true ou false.",
    "literal_error": "valeurs possibles : {expected}.",
    "greater_than": "il faut plus que {gt}.",
    "greater_than_equal": "il faut au moins {ge}.",
    "less_than_equal": "il faut au plus {le}.",
}
OTHER_REASON = "valeur refusée."
SETTING_MISSING = "Connexion incomplète, réglages absents : {names}."
SEE_EXAMPLE = "Voyez .env.example et docs/deploiement.md."
WEAK_SECRET = "il fait moins de 32 caractères."
SECRET_REMEDY = "Tirez-en un au hasard, par exemple avec « openssl rand -hex 32 »."
HTTPS_ONLY = "l'adresse doit commencer par https:// (http:// n'est admis que sur la même machine)."
NOT_AN_ADDRESS = "ce n'est pas une adresse complète, sans paramètre ni fragment."
INSECURE_COOKIE = "false ne vaut que pour une adresse publique en http:// sur la même machine."
NOT_FOR_PRODUCTION = "CCT_ENV=production, et ces réglages manquent : {names}."
