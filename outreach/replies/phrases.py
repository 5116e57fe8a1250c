"""Phrases in English and French, as wording.folded() leaves a text: small letters, no accents."""

import re
from typing import Final


def _one_of(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + r")")


# They want no more mail. The whole of what they say:
OUT_ALONE: Final = re.compile(
    r"(?:please |merci de |me )?(?:stop+|stop all|unsubscribe|opt[ -]?out|remove|desinscription|desinscrire"
    r"|desabonnement|se desabonner|se desinscrire)(?: me| moi| us| nous| please| pls| svp| stp| s'il vous plait"
    r"| merci| thanks| thank you)*\W*"
)
_ME: Final = (
    r"(?:me|us|this (?:e-?mail|address)|(?:my|our) (?:e-?mail|mail|name|contact|address|data|details|company)\w*)"
)
_MOI: Final = r"(?:mon|notre|mes|nos|cette|cet|ce) (?:adresse|e-?mail|mail|nom|donnees|coordonnees|contact|societe)\w*"
_LIST: Final = r"(?:list|mailing|database|distribution|contacts|newsletter|system|files|records|recipients)"
_LISTE: Final = r"(?:liste|fichier|base|newsletter|diffusion|envois|contacts|destinataires|systeme|registre)"
_WRITE: Final = r"(?:e-?mail|mail|contact|writ|messag|spamm|sending|send|solicit|bother|pester)\w*"
_ECRIRE: Final = r"(?:ecri|contact|recontact|envo[yi]|sollicit|demarch|relanc|spamm|importun)\w*"
_TAKE_OUT: Final = (
    rf"remove {_ME}(?: \w+){{0,3}} (?:from|off) (?:\w+ ){{0,3}}{_LIST}",
    rf"(?:take|get|strike) {_ME} (?:off|out of|from) (?:\w+ ){{0,3}}{_LIST}",
    rf"(?:delete|erase|remove|wipe) {_ME}(?: (?:address|details))? from (?:your|the|all|any)",
    r"unsubscribe (?:me|us|my|our|this)\b",
    r"(?:retir|enlev|supprim|ray|effac|desinscri|desabonn|sort)\w*[ -](?:moi|nous)\b[^.!?\n]{0,25}\b" + _LISTE,
    r"(?:desinscri|desabonn)\w*[ -](?:moi|nous)\b",
    rf"(?:me|nous) (?:retirer|enlever|supprimer|rayer|effacer|oter|radier) de (?:\w+ ){{0,3}}{_LISTE}",
    r"(?:me|nous) (?:desinscrire|desabonner)\b",
    rf"(?:retire|enleve|supprime|raye|efface)[rz]? {_MOI} (?:de|du|des) (?:\w+ ){{0,3}}{_LISTE}",
)
_OUT: Final = _one_of(*_TAKE_OUT)
_NO_MORE: Final = _one_of(
    rf"stop {_WRITE} (?:to )?(?:me|us)\b",
    rf"(?:do not|don't|never) (?:ever )?{_WRITE} (?:to )?(?:me|us)(?: \w+){{0,3}} (?:again|any ?more|ever|further)\b",
    rf"never {_WRITE} (?:to )?(?:me|us)\b",
    r"ne (?:m'|nous |me )" + _ECRIRE + r" (?:surtout )?plus\b",
    r"(?:ne plus|de plus) (?:me |m'|nous )" + _ECRIRE,
    r"arrete[rz]? de (?:me |m'|nous )" + _ECRIRE,
    r"(?:souhaite|veux|desire|voulons|souhaitons)\w* plus (?:recevoir|etre (?:contacte|sollicite|demarche)\w*)",
    r"(?:no longer|not) (?:wish|want) to (?:receive|get) (?:any (?:more |further )?)?(?:e-?mails?|mails?|messages)",
)
_NOT: Final = re.compile(r"(?:\bnot|n't|\bnever|\bno need to|\bne|\bsans|\bunless|\bwhy|\bpourquoi)(?: \w+){0,2} $")
ABOUT_MAIL: Final = _one_of(
    r"e?-?mail|messages?\b|newsletter|list|spam|data\b|address|unsubscri|subscri|remov|delet|eras|stop|opt\b|off\b"
    r"|contact|writ|send|receiv|hear from|cease|gdpr|rights?\b",
    r"courrier|liste|fichier|donnees|adresse|desinscri|desabonn|abonn|retir|supprim|effac|enlev|ecri|recev|envo|cess"
    r"|arret|rgpd|plus\b|droits?\b",
)
# What programs for writing to many put below a letter: a sentence that tells its reader where to press.
_FOOT: Final = re.compile(
    r"(?:^|(?<=[.!?\n]))[^.!?\n]*(?:\b(?:click|tap|press|follow|visit|clique[rz]?|appuye[rz]|suive[rz])\b[^.!?\n]{0,40}"
    r"\b(?:here|below|links?|buttons?|ici|liens?|boutons?|ci-dessous)\b[^.!?\n]*|: *\(?https?://[^\n]*)"
)

# Something else is wanted beside a no, so that somebody should read it.
_KIND_BUT: Final = re.compile(
    r"\b(?:but|mais)[,]? (?:thanks?|thank you|merci|good luck|bonne|bon courage|best|all the best|no\b|non\b|not\b"
    r"|it's (?:a )?no|it isn't|pas\b|c'est non|ca ne|ce n'est|pour moi c'est non|i(?:'m| am) not|i must|we must"
    r"|(?:i|we) (?:can't|cannot|won't|don't|do not|will not)|(?:je|nous) ne|unfortunately|malheureusement"
    r"|we have to|nous devons|je dois|je decline|i decline|i'll pass|i will pass|sans facon)"
)
_HEDGES: Final = _one_of(
    r"(?:not|n't|cannot) (?:\w+ ){0,2}(?:say(?:ing)? no|refus|declin|turn)",
    r"pas (?:dire )?(?:non\b|refuser|decliner)", r"yes\b", r"oui\b",
    r"but\b", r"however\b", r"now\b", r"moment\b",
    r"this (?:time|year|month|season|spring|summer|autumn|winter|week)\b",
    r"current", r"unless\b", r"until\b", r"before\b", r"maybe\b", r"perhaps\b", r"later\b", r"next\b", r"yet\b",
    r"again\b", r"instead\b", r"in (?:the )?(?:future|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|spring|summer|autumn|fall|20\d\d|\w+ (?:weeks|months))", r"if\b", r"except\b",
    r"after (?!(?:\w+ ){0,2}(?:thought|consideration|reflection|review))", r"would\b.{0,20}\bpaid", r"unpaid",
    r"for free\b", r"budget", r"fee\b", r"manager", r"agent\b", r"agency",
    r"mais\b", r"cependant", r"toutefois", r"par contre", r"en revanche", r"instant\b", r"actuel",
    r"cette (?:annee|fois)",
    r"cet (?:ete|hiver|automne)", r"ce (?:mois|printemps)", r"sauf\b", r"peut[ -]etre", r"plus tard", r"prochain",
    r"avant\b", r"si\b", r"sinon\b", r"apres (?!(?:\w+ ){0,2}(?:reflexion|examen))", r"encore\b", r"plutot\b",
    r"gratuit",
    r"pour l'heure", r"d'ici\b", r"en (?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre"
    r"|decembre|20\d\d)", r"a la rentree", r"agence\b", r"tarif", r"remunere",
)  # fmt: skip
# A no that cannot be taken for anything else.
_NO: Final = _one_of(
    r"no,? thank(?:s| you)", r"thanks?,? but no\b", r"not interested", r"(?:must|have to|will|shall|to) decline",
    r"i(?:'ll| will) pass\b", r"(?:going to|have to|will|'ll) (?:pass on|turn (?:this|it|you) down)",
    r"i (?:would|'d|'d) rather not", r"it(?:'s| is) a no (?:from|for)", r"(?:we|i) (?:respectfully|politely)? ?decline",
    r"not (?:something|for) (?:we|me|us)\b", r"won't be (?:participating|taking part|joining)",
    r"non,? merci", r"merci,? (?:mais )?(?:non\b|sans facon)", r"pas interesse",
    r"(?:ca|cela) ne (?:m'|nous )interesse",
    r"(?:dois|devons|vais|allons|prefere|preferons) (?:refuser|decliner)", r"(?:je|nous) declin(?:e|ons)\b",
    r"ne (?:souhaite|souhaitons|donnerai|donnerons) pas (?:participer|donner suite|y participer|suite)",
    r"ne (?:pas )?donn\w+ pas suite", r"ne pas donner suite", r"tres peu pour (?:moi|nous)",
    r"pour (?:moi|nous),? c'est non",
)  # fmt: skip
_NEAR: Final = 40  # characters
_LONGEST_NO: Final = 45  # words: whoever says more says more than no

# A machine says so.
_MACHINE: Final = _one_of(
    r"auto(?:matic|mated|matique)?[ -]?(?:reply|response|reponse|respon\w+)\b", r"reponse (?:auto|automatique)\b",
    r"message automatique", r"automated (?:message|e-?mail)", r"(?:reponse|message|notification) d'absence",
    r"avis d'absence", r"absence notice", r"out[ -]of[ -](?:the )?office(?: reply| message| notification)?:?",
)  # fmt: skip
ANSWERS: Final = re.compile(r"(?:re|aw|sv|rep|tr|fwd?|fw) ?:|auto\w*[ -]\w+ ?:|reponse automatique ?:|auto ?:")
_AWAY: Final = _one_of(
    r"out of (?:the )?office", r"ooo\b",
    r"on (?:\w+ ){0,2}(?:leave|holidays?|vacation|sabbatical|break|pto|honeymoon)\b",
    r"(?:am|'m|be|is|are|'re) (?:\w+ )?(?:away|off sick|absent|travell?ing|abroad|on the road|out (?:until|this|of))\b",
    r"away (?:from|until|till|for|on)\b", r"(?:limited|intermittent|no) access to", r"not (?:in the office|checking)",
    r"not (?:be )?(?:reading|checking) ", r"(?:is|are|be) closed\b", r"shutdown\b", r"(?:up)?on (?:my|our) return",
    r"when i(?:'m| am)? (?:return|back|get back|come back)", r"(?:my|our) absence", r"during my holidays?",
    r"absen(?:t|te|ts|tes|ce)\b", r"m'absente",
    r"en (?:\w+ )?(?:conges?|vacances|deplacement|arret|rtt|seminaire|tournage)\b",
    r"(?:mes|de|nos) (?:conges?|vacances)\b", r"acces (?:tres )?(?:limite|intermittent|restreint)", r"fermeture",
    r"fermee?s? (?:jusqu|pour|du|entre|cette|a partir)", r"(?:a|des) (?:mon|notre) retour", r"de retour\b",
    r"injoignable",
)  # fmt: skip
# ... and what only a machine, or numbers beside it, make one.
_AWAY_TOO: Final = _one_of(
    r"en (?:voyage|mer|pause|montagne)\b", r"voyage de noces", r"honeymoon", r"digital detox", r"detox numerique",
    r"ne (?:lis|lirai|consulte\w*) pas (?:mes|les|ma)", r"without (?:any )?(?:internet|access)",
    r"(?:not |un)reachable",
    r"part[ -]time", r"temps partiel", r"ne travaille pas le", r"jury duty", r"i return\b",
)  # fmt: skip
# What such a message promises: an answer, by somebody.
_PROMISES: Final = _one_of(
    r"(?:will|'ll) (?:\w+ )?(?:answer|reply|respond|get back|get to|read|deal with|be (?:back|catching))",
    r"(?:for|in) (?:any ?thing |case of )?(?:an )?(?:urgen|emergenc)", r"(?:if|pour|en cas)\b[^.!?\n]{0,25}urgen",
    r"(?:upon|on) (?:my|our) return", r"(?:limited|intermittent|no) access", r"not be forwarded",
    r"in (?:my|our) absence",
    r"repondrai|repondrons|traiterai|traiterons|sera traite|seront traites", r"(?:a|des) (?:mon|notre) retour",
    r"toute (?:demande|question) urgente", r"acces (?:tres )?(?:limite|intermittent|restreint)", r"pendant mon absence",
    r"thank(?:s| you) for (?:your|contacting)", r"merci (?:pour|de) (?:votre|nous)",
    r"your (?:e-?mail|message) (?:has|will)",
)  # fmt: skip
# Somebody wrote this to us, and means our letter.
_CONVERSES: Final = _one_of(
    r"interested", r"love (?:to|the|your)", r"happy to (?!announce)", r"collab", r"budget", r"rates?\b", r"let's\b",
    r"talk\b", r"speak\b", r"call me", r"(?:writ\w+|get back|come back|contact|message|ping|remind|ask|follow up)"
    r"(?: \w+)? (?:to |with )?me\b", r"your (?:project|campaign|cause|offer|idea|proposal)", r"count me", r"sorry",
    r"interess", r"volontiers", r"avec plaisir", r"reparl", r"discut", r"appel(?:ez|le)-moi",
    r"(?:re)?contacte[zr]?-moi",
    r"rev(?:enez|iens) vers moi", r"relanc", r"(?:re)?ecri(?:s|vez)[ -]moi", r"votre (?:projet|campagne|cause|offre)",
    r"votre (?:association|proposition|demarche|idee)", r"ton projet", r"partant", r"desolee?", r"on (?:en|se) ",
)  # fmt: skip
# Somebody decides in their place.
MANAGER: Final = _one_of(
    r"(?:my|our|his|her|their|the) (?:\w+ ){0,2}(?:manager|management|agents?|agency|representative|assistant"
    r"|pr team)\b",
    r"(?:represented|managed) by\b",
    r"(?:mon|ma|notre|son|sa|leur|mes) (?:\w+ )?(?:manage(?:r|use|ment)|agente?s?|agence)\b",
    r"(?:mon|ma|notre|son|sa) (?:representante?|assistante?|attachee? de presse)\b", r"represente\w* par\b",
)  # fmt: skip


def wants_out(said: str) -> bool:
    """They ask for no more mail, and ask for nothing else beside it; a foot that offers us so asks for nothing."""
    if OUT_ALONE.fullmatch(said):
        return True
    said = _FOOT.sub("", said)
    is_out = any(not _NOT.search(said[max(0, found.start() - _NEAR) : found.start()]) for found in _OUT.finditer(said))
    return (is_out or bool(_NO_MORE.search(said))) and not asks_beside(said)


def asks_beside(said: str) -> bool:
    """It wants something else, too: "stop writing to me, but see with my agent"."""
    return bool(re.search(r"\b(?:but|instead|except|unless|until|mais|plutot|sauf|avant)\b", _KIND_BUT.sub("", said)))


def has_foot(said: str) -> bool:
    return bool(_FOOT.search(said))


def is_away(said: str, subject: str) -> bool:
    """A notice of absence: a machine says that it is one, or it promises an answer; and nobody talks to us in it."""
    if _CONVERSES.search(said):
        return False
    is_machine = _MACHINE.search(subject) or _MACHINE.search(said)
    return bool(_AWAY.search(f"{subject}\n{said}") and (is_machine or _PROMISES.search(said)))


def tells_absence(told: str) -> bool:
    """Whether it speaks of one, whoever wrote it."""
    return bool(_AWAY.search(told) or _AWAY_TOO.search(told))


def may_be_notice(said: str) -> bool:
    """A word of absence or of a machine, and nobody who talks to us."""
    return (tells_absence(said) or bool(_MACHINE.search(said))) and not _CONVERSES.search(said)


def is_hedged(said: str) -> bool:
    """It asks something, or speaks of another time, price or person: no plain no."""
    return "?" in said or bool(_HEDGES.search(_KIND_BUT.sub("", said))) or "@" in said


def says_no(said: str) -> bool:
    """A short and unmistakable no, with nothing beside it."""
    return bool(_NO.search(said)) and len(said.split()) <= _LONGEST_NO and not is_hedged(said)
