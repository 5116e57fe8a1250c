"""What words of both languages have in common, so that a reply in one teaches the other: beginnings of words, as
wording.folded() leaves them.
"""

import re
from typing import Final

_WORDS: Final = {
    "pay": (
        r"pay|paid|fee\b|fees\b|rates?\b|budget|price|pric|quote\b|invoice|charge\b|compensat|remunerat|money"
        r"|financ|cost|tarif|cachet|remuner|devis|factur|prix\b|honoraires|defray|indemn|gratuit|for free"
        r"|unpaid|benevol|retribu|gagn|prestation|commission|dedommag|earn|sous\b|je touche|touchent|paiement"
        r"|reglement|in return|en echange|contrepartie|xmoney"
    ),
    "yes": (
        r"yes+\b|yep|yeah|oui\b|ok\b|okay|sure\b|of course|gladly|absolutely|definitely|delighted|thrilled"
        r"|love to|happy to|glad\b|count (?:me|us)|i'm in\b|keen|volontiers|avec (?:grand )?plaisir|avec joie"
        r"|bien sur|carrement|partant|ravi|d'accord|evidemment|accept|enthousias|enthusias|comptez sur"
        r"|comptez[- ]nous|banco|deal\b|on board|let's|allons|honou?r|interested|interesse"
    ),
    "no": (r"no\b|non\b|nope|nan\b|not\b|\w+n't\b|never|pas\b|jamais|ne\b|n'|cannot|unable|sans facon"),
    "sorry": (
        r"sorry|unfortunately|regret|afraid|desole|navre|malheureusement|helas|declin|refus|pass\b|reject|turn"
        r"|passe mon tour|passer mon tour|abst"
    ),
    "when": (
        r"when\b|quand\b|later|plus tard|next|prochain|month|mois\b|week|semaine|xmonth|xweekday|spring|summer"
        r"|autumn|winter|printemps|ete\b|automne|hiver|rentree|year|annee|an\b|season|saison|term\b|quarter"
        r"|trimestre|holiday|vacances|easter|paques|christmas|noel|days?\b|jours?\b|tomorrow|demain|semestre"
    ),
    "again": (
        r"again|get back|come back|back to|remind|ping|check in|recontact|relanc|rev(?:enez|iens|enir)|repar"
        r"|rappel|reecri|refai|touch base|follow up|revisit|retry|try me|resend|renvoy|reessay|later|reprenez"
        r"|redemand|faites-moi signe"
    ),
    "busy": (
        r"busy|swamped|full\b|no time|overwhelm|packed|timing|not now|right now|moment|for now|instant|debord"
        r"|overbook|complet|pas le temps|surcharg|tot\b|early|too soon|yet\b|before|avant|until|jusqu"
    ),
    "ask": (
        r"who|what|which|how|where|why|could you|can you|do you|are you|is it|is there|would i|qui\b|que\b"
        r"|quel|comment|ou\b|pourquoi|combien|est-ce|pouvez-vous|pourriez|avez-vous|auriez|etes-vous|faut-il"
        r"|peut-on|y a-t-il"
    ),
    "know": (
        r"question|explain|explique|more (?:info|detail)|information|detail|clarif|precis|understand|comprend"
        r"|en savoir|renseign|en dire plus|tell me|tell us|document|dossier"
    ),
    "mail": (r"mails?\b|e-mail|emails?|messages?\b|address|adresse|list|liste|data\b|donnees|contact"),
    "out": (
        r"unsubscri|desinscri|desabonn|remov|delet|stop|erase|retir|supprim|effac|enlev|arret|cess|spam|rgpd"
        r"|gdpr|opt out|leave me|ne plus|no more|any more|anymore"
    ),
    "agent": (
        r"agent|manager|management|manageuse|agence|agency|represent|assistant|team\b|equipe|booking|label"
        r"|service|responsable|xaddress|department|directrice|directeur"
    ),
    "away": (
        r"out of|absen|leave\b|conge|vacation|holiday|vacances|office|bureau|return|retour|closed|ferme"
        r"|deplacement|travel|automatic|automatique|automated|urgen"
    ),
    "took": (
        r"received|recu|recue|attached|joint|noted|note\b|forward|transmis|passed|fais suivre|here is|voici"
        r"|invoice|ticket"
    ),
}
NOTIONS: Final = tuple((f"~{name}", re.compile(rf"\b(?:{words})")) for name, words in _WORDS.items())
