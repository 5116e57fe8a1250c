"""Our own files as French speakers write them: names of columns, and the words of choices.

Everything here is compared folded: no case, accents or punctuation.
"""

from collections.abc import Mapping

# Our name -> how a French file calls it. The first is what our template says.
_INFLUENCER = {
    "external_id": "Identifiant externe|Identifiant|Référence",
    "name": "Nom|Nom complet",
    "kind": "Type",
    "email": "Adresse électronique|E-mail|Courriel|Adresse e-mail|Mail",
    "email_kind": "Type d’adresse|Type de courriel",
    "email_source": "Origine de l’adresse|Source de l’adresse",
    "basis": "Base légale|Base juridique",
    "language": "Langue principale|Langue",
    "languages": "Langues",
    "country": "Pays",
    "city": "Ville",
    "timezone": "Fuseau horaire",
    "bio": "Présentation|Biographie",
    "topics": "Thèmes|Thématiques",
    "hashtags": "Mots-dièse|Hashtags",
    "platform": "Plateforme|Réseau|Réseau social",
    "handle": "Compte|Pseudo|Nom du compte",
    "url": "Lien|Lien du profil|Adresse du profil",
    "platform_id": "Identifiant sur la plateforme",
    "followers": "Abonnés|Abonnements reçus|Nombre d’abonnés",
    "following": "Abonnements",
    "posts": "Publications|Nombre de publications",
    "avg_likes": "J’aime par publication",
    "avg_comments": "Commentaires par publication",
    "avg_shares": "Partages par publication",
    "avg_views": "Vues par publication",
    "engagement_rate": "Taux d’engagement|Engagement",
    "real_followers": "Part d’abonnés réels|Abonnés réels|Vrais abonnés|Part de vrais abonnés",
    "audience_countries": "Pays du public|Pays de l’audience",
    "audience_languages": "Langues du public|Langues de l’audience",
    "audience_ages": "Âges du public|Âges de l’audience",
    "audience_genders": "Genres du public|Genres de l’audience",
    "audience_interests": "Centres d’intérêt du public|Centres d’intérêt de l’audience",
    "observed_at": "Relevé le|Date du relevé|Date",
    "notes": "Notes|Remarques",
}
_CAUSE = {
    "slug": "Nom court",
    "name": "Nom",
    "description": "Description",
    "topics": "Thèmes|Thématiques",
    "languages": "Langues",
    "countries": "Pays",
    "hashtags": "Mots-dièse|Hashtags",
    **{name: names for name, names in _INFLUENCER.items() if name.startswith("audience_")},
    "goals": "Objectifs",
    "conflicts": "Incompatibilités|Conflits",
    "platforms": "Plateformes|Réseaux",
    "website": "Site web|Site",
    "values": "Valeurs",
    "tone": "Ton",
    "transparency": "Emploi des fonds|Transparence",
    "transparency_source": "Source de l’emploi des fonds|Source",
}
_CHOICES = {
    "person": "personne particulier",
    "brand": "marque entreprise",
    "agency": "agence",
    "professional": "professionnelle professionnel pro",
    "personal": "personnelle personnel perso privee prive",
    "consent": "consentement",
    "legitimate_interest": "interet_legitime",
    "contract": "contrat",
    "donation": "don dons",
    "sign_up": "inscription inscriptions",
    "signature": "signature_de_petition signatures_de_petition",
    "attendance": "participation participations presence presences",
    "volunteer_hours": "heure_de_benevolat heures_de_benevolat benevolat",
    "other": "autre autres",
}


def _names(columns: Mapping[str, str]) -> dict[str, str]:
    return {name: column for column, names in columns.items() for name in names.split("|")}


INFLUENCER_TITLES: Mapping[str, str] = {name: names.split("|")[0] for name, names in _INFLUENCER.items()}
CAUSE_TITLES: Mapping[str, str] = {name: names.split("|")[0] for name, names in _CAUSE.items()}
INFLUENCER_NAMES: Mapping[str, str] = _names(_INFLUENCER)
CAUSE_NAMES: Mapping[str, str] = _names(_CAUSE)
CHOICES: Mapping[str, str] = {word: code for code, words in _CHOICES.items() for word in words.split()}
