"""How people call, in their own spreadsheets, what our template has a column for: English and French, folded.

A name is compared as a set of words, without those that only join or count ("nb d'abonnés" is "abonnes"); the names of
platforms in it are looked at apart.
"""

from collections.abc import Mapping

_FIELDS = """
external_id: id / identifier / identifiant / reference / ref / crm id / id externe / creator id
external_id: influencer id / uid
name: name / full name / display name / nom / nom complet / nom prenom / prenom nom / nom affiche / talent
name: artist name
first_name: first name / prenom / given name / firstname
last_name: last name / nom de famille / surname / family name / lastname
kind: type / kind / type de profil / profile type
email: email / e mail / mail / email address / courriel / adresse electronique / adresse mail / adresse email
email: contact email / contact mail / business email / email pro / mail pro
email_kind: email kind / type d adresse
email_source: email source / source de l adresse / origine de l adresse
basis: legal basis / base legale / base juridique
languages: language / languages / lang / langue / langues / spoken language / spoken languages
languages: langue principale / langues parlees / content language
country: country / pays / nationality / nationalite / market / marche / country code / pays de residence
city: city / town / ville / location city / localite
timezone: timezone / time zone / fuseau horaire
bio: bio / biography / biographie / description / about / presentation / profile description
bio: channel description / a propos
topics: topic / topics / theme / themes / thematique / thematiques / category / categories / categorie / niche
topics: niches / vertical / sector / secteur / univers / interests / centre interet / centres interet
topics: content category / game / games / jeu / jeux
hashtags: hashtag / hashtags / mots dieses / mots diese / tags
notes: note / notes / comment / remark / remarks / remarque / remarques / observations / memo
platform: platform / plateforme / network / reseau / reseau social / social network / channel type / media / canal
handle: handle / username / user name / user / account / account name / pseudo / pseudonyme / compte
handle: nom du compte / nom utilisateur / identifiant du compte / screen name / login / profile name / profile
handle: profil / page / page name / channel / channel name / chaine / nom de la chaine / streamer / creator
handle: createur / creatrice / influencer / influenceur / influenceuse / youtuber / tiktoker / instagrammer
handle: streameur / streameuse / youtubeur / youtubeuse / tiktokeur / tiktokeuse / instagrameur / instagrameuse
url: url / link / lien / profile url / profile link / lien du profil / lien profil / url profil
url: adresse du profil / channel url / channel link / lien de la chaine / page url / permalink
url: website profile / web
platform_id: channel id / user id / account id / page id / identifiant sur la plateforme / id plateforme
real_followers: real followers / genuine followers / authentic followers / credible followers / real audience
real_followers: audience credibility / followers credibility / follower credibility / credibility
real_followers: abonnes reels / vrais abonnes / abonnes authentiques / vrais followers / followers reels
real_followers: credibilite audience / credibilite public / credibilite abonnes / credibilite
fake_followers: fake followers / fake follower / fake audience / bot followers / fake accounts
fake_followers: suspicious followers / suspicious accounts / suspicious audience
fake_followers: faux abonnes / faux followers / abonnes suspects / comptes suspects / faux comptes
followers: followers / follower / follower count / followers count / subscribers / subscriber count / subs
followers: fans / abonnes / abonne / abonnements recus / audience size / taille de la communaute / communaute
followers: community size / reach followers / total followers
following: following / followings / abonnements / follows
posts: posts / post count / publications / number of posts / videos / video count / media count
avg_likes: average likes / likes average / likes per post / j aime par publication / likes moyens
avg_likes: moyenne likes / moyenne de j aime
avg_comments: average comments / comments average / comments per post / commentaires par publication
avg_comments: commentaires moyens / moyenne commentaires
avg_shares: average shares / shares average / shares per post / partages par publication / partages moyens
avg_views: average views / views average / views per video / views per post / vues par publication
avg_views: vues moyennes / moyenne de vues / moyenne vues / average viewers / avg viewers / spectateurs moyens
avg_views: moyenne de spectateurs / average viewership / acv / ccv
engagement_rate: engagement rate / engagement / taux engagement / taux d engagement / er / eng rate
engagement_rate: interaction rate / te
observed_at: observed at / date / as of / releve le / date du releve / date de releve / updated / updated at
observed_at: last updated / mis a jour / mise a jour / date de mise a jour / derniere mise a jour
observed_at: snapshot date / report date
audience_countries: audience countries / pays du public / pays de l audience / audience country / audience location
audience_languages: audience languages / langues du public / langues de l audience / audience language
audience_ages: audience ages / ages du public / ages de l audience / audience age
audience_genders: audience genders / genres du public / genres de l audience / audience gender
audience_interests: audience interests / centres interet du public / audience interest
"""
_PLATFORMS = """
facebook: facebook / fb
instagram: instagram / insta / ig
x: twitter / x
linkedin: linkedin
twitch: twitch
youtube: youtube / yt
tiktok: tiktok / tik tok / tt
bluesky: bluesky / bsky
mastodon: mastodon
"""
# Words that only one platform's people use, for what a file does not say.
JARGON: Mapping[str, str] = {
    "streamer": "twitch",
    "streamers": "twitch",
    "streameur": "twitch",
    "streameuse": "twitch",
    "viewers": "twitch",
    "youtuber": "youtube",
    "youtubers": "youtube",
    "youtubeur": "youtube",
    "youtubeuse": "youtube",
    "tiktoker": "tiktok",
    "tiktokers": "tiktok",
    "tiktokeur": "tiktok",
    "tiktokeuse": "tiktok",
    "instagrammer": "instagram",
    "instagrameur": "instagram",
    "instagrameuse": "instagram",
    "tweets": "x",
}
IDLE = frozenset(
    [
        "nb",
        "nbr",
        "nombre",
        "number",
        "num",
        "no",
        "of",
        "de",
        "du",
        "des",
        "d",
        "l",
        "le",
        "la",
        "les",
        "the",
        "total",
        "count",
        "sur",
        "on",
        "in",
        "en",
        "at",
        "a",
    ]
)
_SAME = {"avg": "average", "moy": "moyenne", "mean": "average", "moyen": "moyens", "eng": "engagement"}


def words(key: str) -> frozenset[str]:
    """The words of a column's key that tell what it holds."""
    said = [_SAME.get(word, word) for word in key.split("_")]
    return frozenset(word for word in said if word not in IDLE and not word.isdigit()) or frozenset(said)


def _table(text: str) -> dict[frozenset[str], str]:
    found: dict[frozenset[str], str] = {}
    for line in text.strip().splitlines():
        name, _, said = line.partition(": ")
        for phrase in said.split(" / "):
            found.setdefault(words(phrase.replace(" ", "_")), name)
    return found


FIELDS: Mapping[frozenset[str], str] = _table(_FIELDS)
PLATFORMS: Mapping[frozenset[str], str] = _table(_PLATFORMS)
