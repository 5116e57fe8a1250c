"""What a letter is: headers decide first, then unmistakable words, then numbers; whoever is unsure says so."""

from dataclasses import replace

from outreach.replies import classifier, rules
from outreach.replies.classes import Reading, ReplyClass
from outreach.replies.letter import Letter


def classify(letter: Letter, *, language: str = "") -> Reading:
    """`language` ("fr", "en" or blank for as it reads) tells days from months in "4/5". Only `said` decides, and a
    subject of the letter's own; days are counted from the letter's date.
    """
    reading = rules.by_headers(letter, language=language) or rules.by_words(letter, language=language)
    return reading or _by_numbers(letter, language)


def _by_numbers(letter: Letter, language: str) -> Reading:
    if not letter.said.strip():
        return Reading(ReplyClass.OTHER, 0.0, "abstained")
    best, confidence, is_enough = classifier.shipped().best(letter.said)
    if not is_enough or rules.is_contradicted(best, letter):
        return Reading(ReplyClass.OTHER, confidence, "abstained")
    reading = Reading(best, confidence, "numbers")
    match best:
        case ReplyClass.OUT_OF_OFFICE:
            return replace(reading, until=rules.until_away(letter, language))
        case ReplyClass.LATER:
            return replace(reading, until=rules.until_asked(letter, language))
        case ReplyClass.MANAGER:
            return replace(reading, contact=rules.contact_in(letter))
        case _:
            return reading
