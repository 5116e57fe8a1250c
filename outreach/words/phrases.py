"""What Causeway itself puts into messages, in the language and register of the message, whoever of us reads along.

So no gettext translates it. A language that is missing here has no words for it: those holes stay empty, and block.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list

from matching.words import Voice

Both = tuple[str, str]  # formal, informal


@dataclass(frozen=True)
class Phrases:
    """`hello` has a {name}; `wrote` has a {day} and a {quote}, once more with a {name} for whoever reads for them.

    `conjunction`: what stands before the last of several.
    """

    locale: str
    hello: Both
    hello_to_nobody: str
    wrote: Both
    they_wrote: str
    source_of_address: Both
    unsubscribe: str
    conjunction: str


_PHRASES: Final[Mapping[str, Phrases]] = {
    "en": Phrases(
        locale="en_GB",
        hello=("Hello {name},", "Hello {name},"),
        hello_to_nobody="Hello,",
        wrote=("On {day} you wrote: “{quote}”", "On {day} you wrote: “{quote}”"),
        they_wrote="On {day} {name} wrote: “{quote}”",
        source_of_address=("We have your address from: {source}.", "We have your address from: {source}."),
        unsubscribe="No more messages from us, with one click:",
        conjunction="and",
    ),
    "fr": Phrases(
        locale="fr",
        hello=("Bonjour {name},", "Salut {name},"),
        hello_to_nobody="Bonjour,",
        wrote=(
            "Le {day}, vous écriviez\u00a0: «\u00a0{quote}\u00a0»",
            "Le {day}, tu écrivais\u00a0: «\u00a0{quote}\u00a0»",
        ),
        they_wrote="Le {day}, {name} écrivait\u00a0: «\u00a0{quote}\u00a0»",
        source_of_address=(
            "Nous tenons votre adresse de la source suivante\u00a0: {source}.",
            "Nous tenons ton adresse de la source suivante\u00a0: {source}.",
        ),
        unsubscribe="Ne plus recevoir de messages de notre part, en un clic\u00a0:",
        conjunction="et",
    ),
    "es": Phrases(
        locale="es",
        hello=("Buenos días, {name}:", "Hola, {name}:"),
        hello_to_nobody="Buenos días:",
        wrote=("El {day} usted escribió: «{quote}»", "El {day} escribiste: «{quote}»"),
        they_wrote="El {day} {name} escribió: «{quote}»",
        source_of_address=(
            "Tenemos su dirección de esta fuente: {source}.",
            "Tenemos tu dirección de esta fuente: {source}.",
        ),
        unsubscribe="No recibir más mensajes nuestros, con un clic:",
        conjunction="y",
    ),
    "de": Phrases(
        locale="de",
        hello=("Guten Tag {name},", "Hallo {name},"),
        hello_to_nobody="Guten Tag,",
        wrote=("Am {day} schrieben Sie: „{quote}“", "Am {day} hast du geschrieben: „{quote}“"),
        they_wrote="Am {day} schrieb {name}: „{quote}“",
        source_of_address=(
            "Ihre Adresse haben wir aus dieser Quelle: {source}.",
            "Deine Adresse haben wir aus dieser Quelle: {source}.",
        ),
        unsubscribe="Keine Nachrichten mehr von uns, mit einem Klick:",
        conjunction="und",
    ),
    "it": Phrases(
        locale="it",
        hello=("Buongiorno {name},", "Ciao {name},"),
        hello_to_nobody="Buongiorno,",
        wrote=("Il {day} Lei ha scritto: «{quote}»", "Il {day} hai scritto: «{quote}»"),
        they_wrote="Il {day} {name} ha scritto: «{quote}»",
        source_of_address=(
            "Abbiamo il Suo indirizzo da questa fonte: {source}.",
            "Abbiamo il tuo indirizzo da questa fonte: {source}.",
        ),
        unsubscribe="Per non ricevere più messaggi da noi, con un clic:",
        conjunction="e",
    ),
    "pt": Phrases(
        locale="pt",
        hello=("Bom dia, {name},", "Olá, {name},"),
        hello_to_nobody="Bom dia,",
        wrote=("Em {day}, escreveu: «{quote}»", "Em {day}, escreveste: «{quote}»"),
        they_wrote="Em {day}, {name} escreveu: «{quote}»",
        source_of_address=(
            "Temos o seu endereço da seguinte fonte: {source}.",
            "Temos o teu endereço da seguinte fonte: {source}.",
        ),
        unsubscribe="Não receber mais mensagens nossas, com um clique:",
        conjunction="e",
    ),
    "nl": Phrases(
        locale="nl",
        hello=("Goedendag {name},", "Hallo {name},"),
        hello_to_nobody="Goedendag,",
        wrote=("Op {day} schreef u: “{quote}”", "Op {day} schreef je: “{quote}”"),
        they_wrote="Op {day} schreef {name}: “{quote}”",
        source_of_address=(
            "Wij hebben uw adres uit deze bron: {source}.",
            "Wij hebben je adres uit deze bron: {source}.",
        ),
        unsubscribe="Geen berichten meer van ons, met één klik:",
        conjunction="en",
    ),
}


def greeting(language: str, *, is_informal: bool, name: str) -> str:
    """ "Bonjour Amina,"; plain where there is no first name; blank in a language that has no words here."""
    said = _PHRASES.get(language)
    if said is None:
        return ""
    return said.hello[is_informal].replace("{name}", name) if name else said.hello_to_nobody


def quotation(language: str, *, voice: Voice, quote: str, on: date, today: date, name: str) -> str:
    """ "Le 3 mars, vous écriviez : « … »"; the year is said where it is another one."""
    said = _PHRASES.get(language)
    if said is None:
        return ""
    wrote = said.they_wrote if voice == "about" else said.wrote[voice == "informal"]
    filled = {"day": _day(said.locale, on, today=today), "quote": quote.rstrip("."), "name": name}
    return re.sub(r"\{(day|quote|name)\}", lambda hole: filled[hole[1]], wrote)  # in one go: no value is looked into


def listed(language: str, words: Sequence[str]) -> str:
    """ "ocean and climate". Commas alone where one of the words has the conjunction itself."""
    said = _PHRASES.get(language)
    if said is None or not words:
        return ""
    if any(said.conjunction in word.split() for word in words):
        return ", ".join(words)
    joined = str(format_list(list(words), locale=said.locale))
    return re.sub(r" y (?=h?i(?!e))", " e ", joined) if language == "es" else joined


def within_a_sentence(language: str, name: str) -> str:
    """A name as it stands within a sentence: small, but for German and for what is written in capitals."""
    return name if language == "de" or name[1:2].isupper() else name[:1].lower() + name[1:]


def source_of_address(language: str, *, is_informal: bool, source: str) -> str:
    return _or_english(language).source_of_address[is_informal].replace("{source}", source)


def unsubscribe(language: str) -> str:
    return _or_english(language).unsubscribe


def _or_english(language: str) -> Phrases:
    """The law wants these said, in whichever words there are."""
    return _PHRASES.get(language, _PHRASES["en"])


def _day(locale: str, on: date, *, today: date) -> str:
    if on.year == today.year:
        day = str(format_skeleton("MMMMd", on, locale=Locale.parse(locale)))
    else:
        day = str(format_date(on, "long", locale=Locale.parse(locale)))
    return re.sub(r"^1 ", "1er ", day) if locale == "fr" else day
