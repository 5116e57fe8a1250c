"""Why somebody was chosen, in words fit to be read by them: no scores, no figures, nobody else.

In the language of the message, whoever of us reads along: so no gettext translates them.
"""

from collections.abc import Mapping
from typing import Final, Literal

from matching.models import Match
from matching.words.reasons import KINDRED, reasons

Voice = Literal["formal", "informal", "about"]  # "about": of them, to whoever reads for them

_VOICES: Final[tuple[Voice, ...]] = ("formal", "informal", "about")
_MOST: Final = 3


def tellable(match: Match, *, most: int = _MOST) -> tuple[str, ...]:
    """The features of the strongest reasons in favour that one may tell the person, each once, the strongest first."""
    told: dict[str, None] = {}
    for reason in reasons(match):
        is_weak = reason.feature == "topic_fit" and (reason.value or 0.0) < KINDRED
        if reason.contribution > 0 and reason.basis == "measured" and not is_weak and reason.feature in _TOLD["en"]:
            told.setdefault(reason.feature)
    return tuple(told)[:most]


def tell(feature: str, *, language: str, voice: Voice, name: str) -> str:
    """One reason as a sentence; blank in a language that has no words for it. `name`: of whom it is said, to others."""
    said = _TOLD.get(language, {}).get(feature)
    return said[_VOICES.index(voice)].replace("{name}", name) if said else ""


# Feature -> formal, informal, of them.
_TOLD: Final[Mapping[str, Mapping[str, tuple[str, str, str]]]] = {
    "en": {
        "topic_fit": (
            *("What you speak about is close to what we work for.",) * 2,
            "What {name} speaks about is close to what we work for.",
        ),
        "hashtag_overlap": (
            *("You use hashtags that are ours, too.",) * 2,
            "{name} uses hashtags that are ours, too.",
        ),
        "language_reach": (
            *("You speak to people in the language of this campaign.",) * 2,
            "{name} speaks to people in the language of this campaign.",
        ),
        "audience_geo": (
            *("Many of those who follow you live where we act.",) * 2,
            "Many of those who follow {name} live where we act.",
        ),
        "audience_interest": (
            *("What those who follow you care about is close to what we work for.",) * 2,
            "What those who follow {name} care about is close to what we work for.",
        ),
        "cause_share": (*("You lend your voice to causes.",) * 2, "{name} speaks up for causes."),
    },
    "fr": {
        "topic_fit": (
            "Vos sujets sont proches de ce pour quoi nous agissons.",
            "Tes sujets sont proches de ce pour quoi nous agissons.",
            "{name} aborde des sujets proches de ce pour quoi nous agissons.",
        ),
        "hashtag_overlap": (
            "Vous utilisez des hashtags qui sont aussi les nôtres.",
            "Tu utilises des hashtags qui sont aussi les nôtres.",
            "{name} utilise des hashtags qui sont aussi les nôtres.",
        ),
        "language_reach": (
            "Vous vous adressez à votre public dans la langue de cette campagne.",
            "Tu t’adresses à ton public dans la langue de cette campagne.",
            "{name} s’adresse à son public dans la langue de cette campagne.",
        ),
        "audience_geo": (
            "Une grande partie des personnes qui vous suivent vivent là où nous agissons.",
            "Une grande partie des personnes qui te suivent vivent là où nous agissons.",
            "Une grande partie des personnes qui suivent {name} vivent là où nous agissons.",
        ),
        "audience_interest": (
            "Ce qui tient à cœur à celles et ceux qui vous suivent est proche de notre action.",
            "Ce qui tient à cœur à celles et ceux qui te suivent est proche de notre action.",
            "Ce qui tient à cœur à celles et ceux qui suivent {name} est proche de notre action.",
        ),
        "cause_share": (
            "Vous prêtez votre voix à des causes.",
            "Tu prêtes ta voix à des causes.",
            "{name} prête sa voix à des causes.",
        ),
    },
    "es": {
        "topic_fit": (
            "Los temas de los que usted habla son cercanos a nuestra labor.",
            "Los temas de los que hablas son cercanos a nuestra labor.",
            "Los temas de los que habla {name} son cercanos a nuestra labor.",
        ),
        "hashtag_overlap": (
            "Usted utiliza hashtags que también son los nuestros.",
            "Utilizas hashtags que también son los nuestros.",
            "{name} utiliza hashtags que también son los nuestros.",
        ),
        "language_reach": (
            "Usted se dirige a su público en la lengua de esta campaña.",
            "Te diriges a tu público en la lengua de esta campaña.",
            "{name} se dirige a su público en la lengua de esta campaña.",
        ),
        "audience_geo": (
            "Muchas de las personas que le siguen viven donde actuamos.",
            "Muchas de las personas que te siguen viven donde actuamos.",
            "Muchas de las personas que siguen a {name} viven donde actuamos.",
        ),
        "audience_interest": (
            "Lo que importa a quienes le siguen es cercano a nuestra labor.",
            "Lo que importa a quienes te siguen es cercano a nuestra labor.",
            "Lo que importa a quienes siguen a {name} es cercano a nuestra labor.",
        ),
        "cause_share": (
            "Usted presta su voz a causas solidarias.",
            "Prestas tu voz a causas solidarias.",
            "{name} presta su voz a causas solidarias.",
        ),
    },
    "de": {
        "topic_fit": (
            "Worüber Sie sprechen, liegt nahe bei dem, wofür wir uns einsetzen.",
            "Worüber du sprichst, liegt nahe bei dem, wofür wir uns einsetzen.",
            "Worüber {name} spricht, liegt nahe bei dem, wofür wir uns einsetzen.",
        ),
        "hashtag_overlap": (
            "Sie verwenden Hashtags, die auch unsere sind.",
            "Du verwendest Hashtags, die auch unsere sind.",
            "{name} verwendet Hashtags, die auch unsere sind.",
        ),
        "language_reach": (
            "Sie sprechen Ihr Publikum in der Sprache dieser Kampagne an.",
            "Du sprichst dein Publikum in der Sprache dieser Kampagne an.",
            "{name} spricht das eigene Publikum in der Sprache dieser Kampagne an.",
        ),
        "audience_geo": (
            "Viele Menschen, die Ihnen folgen, leben dort, wo wir aktiv sind.",
            "Viele Menschen, die dir folgen, leben dort, wo wir aktiv sind.",
            "Viele Menschen, die {name} folgen, leben dort, wo wir aktiv sind.",
        ),
        "audience_interest": (
            "Was den Menschen, die Ihnen folgen, am Herzen liegt, ist auch unser Anliegen.",
            "Was den Menschen, die dir folgen, am Herzen liegt, ist auch unser Anliegen.",
            "Was den Menschen, die {name} folgen, am Herzen liegt, ist auch unser Anliegen.",
        ),
        "cause_share": (
            "Sie setzen Ihre Stimme für gute Zwecke ein.",
            "Du setzt deine Stimme für gute Zwecke ein.",
            "{name} setzt sich öffentlich für gute Zwecke ein.",
        ),
    },
    "it": {
        "topic_fit": (
            "I temi di cui Lei parla sono vicini a ciò per cui ci impegniamo.",
            "I temi di cui parli sono vicini a ciò per cui ci impegniamo.",
            "I temi di cui parla {name} sono vicini a ciò per cui ci impegniamo.",
        ),
        "hashtag_overlap": (
            "Lei usa hashtag che sono anche i nostri.",
            "Usi hashtag che sono anche i nostri.",
            "{name} usa hashtag che sono anche i nostri.",
        ),
        "language_reach": (
            "Lei si rivolge al Suo pubblico nella lingua di questa campagna.",
            "Ti rivolgi al tuo pubblico nella lingua di questa campagna.",
            "{name} si rivolge al proprio pubblico nella lingua di questa campagna.",
        ),
        "audience_geo": (
            "Molte delle persone che La seguono vivono dove operiamo.",
            "Molte delle persone che ti seguono vivono dove operiamo.",
            "Molte delle persone che seguono {name} vivono dove operiamo.",
        ),
        "audience_interest": (
            "Ciò che sta a cuore a chi La segue è vicino al nostro impegno.",
            "Ciò che sta a cuore a chi ti segue è vicino al nostro impegno.",
            "Ciò che sta a cuore a chi segue {name} è vicino al nostro impegno.",
        ),
        "cause_share": (
            "Lei dà voce a cause solidali.",
            "Dai voce a cause solidali.",
            "{name} dà voce a cause solidali.",
        ),
    },
    "pt": {
        "topic_fit": (
            "Os temas de que fala são próximos daquilo por que trabalhamos.",
            "Os temas de que falas são próximos daquilo por que trabalhamos.",
            "Os temas de que {name} fala são próximos daquilo por que trabalhamos.",
        ),
        "hashtag_overlap": (
            "Usa hashtags que também são as nossas.",
            "Usas hashtags que também são as nossas.",
            "{name} usa hashtags que também são as nossas.",
        ),
        "language_reach": (
            "Dirige-se ao seu público na língua desta campanha.",
            "Diriges-te ao teu público na língua desta campanha.",
            "{name} dirige-se ao seu público na língua desta campanha.",
        ),
        "audience_geo": (
            "Muitas das pessoas que acompanham o seu trabalho vivem onde atuamos.",
            "Muitas das pessoas que te seguem vivem onde atuamos.",
            "Muitas das pessoas que seguem {name} vivem onde atuamos.",
        ),
        "audience_interest": (
            "O que importa a quem acompanha o seu trabalho é próximo da nossa ação.",
            "O que importa a quem te segue é próximo da nossa ação.",
            "O que importa a quem segue {name} é próximo da nossa ação.",
        ),
        "cause_share": (
            "Dá voz a causas solidárias.",
            "Dás voz a causas solidárias.",
            "{name} dá voz a causas solidárias.",
        ),
    },
    "nl": {
        "topic_fit": (
            "Waar u over spreekt, ligt dicht bij waar wij ons voor inzetten.",
            "Waar je over spreekt, ligt dicht bij waar wij ons voor inzetten.",
            "Waar {name} over spreekt, ligt dicht bij waar wij ons voor inzetten.",
        ),
        "hashtag_overlap": (
            "U gebruikt hashtags die ook de onze zijn.",
            "Je gebruikt hashtags die ook de onze zijn.",
            "{name} gebruikt hashtags die ook de onze zijn.",
        ),
        "language_reach": (
            "U spreekt uw publiek aan in de taal van deze campagne.",
            "Je spreekt je publiek aan in de taal van deze campagne.",
            "{name} spreekt het eigen publiek aan in de taal van deze campagne.",
        ),
        "audience_geo": (
            "Veel van de mensen die u volgen, wonen waar wij actief zijn.",
            "Veel van de mensen die jou volgen, wonen waar wij actief zijn.",
            "Veel van de mensen die {name} volgen, wonen waar wij actief zijn.",
        ),
        "audience_interest": (
            "Wat de mensen die u volgen belangrijk vinden, ligt dicht bij waar wij ons voor inzetten.",
            "Wat de mensen die jou volgen belangrijk vinden, ligt dicht bij waar wij ons voor inzetten.",
            "Wat de mensen die {name} volgen belangrijk vinden, ligt dicht bij waar wij ons voor inzetten.",
        ),
        "cause_share": (
            "U laat uw stem horen voor goede doelen.",
            "Je laat je stem horen voor goede doelen.",
            "{name} spreekt zich uit voor goede doelen.",
        ),
    },
}
