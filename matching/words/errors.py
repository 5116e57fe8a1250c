"""What went wrong, in sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from crm import words as crm_words
from matching.words.evaluation import contender, signed
from matching.words.features import FEATURES

ERRORS: Mapping[str, str | Promise] = {
    "limit_out_of_range": gettext_lazy("A list shows between %(low)s and %(high)s people."),
    "filter_out_of_range": gettext_lazy("This filter lies between %(low)s and %(high)s."),
    "feature_unknown": gettext_lazy("The ranker knows no criterion called “%(feature)s”."),
    "weight_out_of_bounds": gettext_lazy("The weight of “%(feature)s” lies between %(low)s and %(high)s."),
    "table_unreadable": gettext_lazy(
        "%(path)s cannot be read as a table: a CSV file in UTF-8, with a line of different column names first and as "
        "many cells in every line."
    ),
    "table_column_missing": gettext_lazy("The table has no column “%(column)s”. It has: %(columns)s."),
    "table_empty": gettext_lazy("The table has no row below the names of its columns."),
    "table_label_invalid": gettext_lazy("Line %(row)s: “%(value)s” is no label. Labels are numbers from 0."),
    "table_time_invalid": gettext_lazy("Line %(row)s: “%(value)s” is neither a number nor a date like 2026-05-31."),
    "table_without_features": gettext_lazy("The table has no column that differs from row to row to learn from."),
    "lightgbm_missing": gettext_lazy(
        "LightGBM is not installed here. Install it beside Causeway: pip install lightgbm."
    ),
    "encoder_scheme_unknown": gettext_lazy(
        "“%(setting)s” is no encoder we know. Write the folder of a model, as in %(example)s."
    ),
    "encoder_package_missing": gettext_lazy(
        "sentence-transformers is not installed here. Install it beside Causeway, or leave ENCODER empty: "
        "pip install sentence-transformers."
    ),
    "encoder_folder_missing": gettext_lazy(
        "There is no folder %(path)s. ENCODER names a model on this machine: Causeway downloads none."
    ),
    "encoder_no_model": gettext_lazy(
        "%(path)s is no model of sentence-transformers: it has a modules.json, and its weights as .safetensors."
    ),
    "encoder_runs_code": gettext_lazy(
        "The model in %(path)s brings code of its own (%(module)s), and Causeway runs none. Choose another model."
    ),
    "encoder_pickled": gettext_lazy(
        "The weights in %(path)s are stored as %(file)s, which could run code when read. Save the model as "
        ".safetensors, or choose another."
    ),
    "encoder_unusable": gettext_lazy("The model in %(path)s cannot be used here (%(why)s). Choose another model."),
    "too_many_dimensions": gettext_lazy(
        "The model’s vectors have too many dimensions: %(dimensions)s. At most %(most)s can be kept exactly."
    ),
    "outcomes_too_few": gettext_lazy(
        "Not enough outcomes yet: %(labels)s of %(least_labels)s, in %(groups)s of %(least_groups)s lists with a "
        "better and a worse. The starting scorecard goes on serving."
    ),
    "ranker_not_better": gettext_lazy(
        "It is not shown to be better than %(against)s: by %(difference)s nDCG@10, somewhere between %(low)s and "
        "%(high)s. It is promoted once the lowest of that is above 0."
    ),
    "ranker_serves_already": gettext_lazy("It serves already."),
    "ranker_not_learned": gettext_lazy("Only what was learned from outcomes is promoted."),
    "ranker_suspect": gettext_lazy(
        "It learned from what can hardly have been known before: %(features)s. Find out how it came "
        "there, then learn anew."
    ),
    "ranker_compared_with_another": gettext_lazy(
        "It was held against another ranker than the one in use now. Learn anew: that compares them."
    ),
    "ranker_altered": gettext_lazy("Its numbers are not those that were signed here. It cannot serve."),
    "ranker_schema_mismatch": gettext_lazy("It measures otherwise than this release. Learn anew."),
    "ranker_unreadable": gettext_lazy("Its numbers cannot be read. It cannot serve."),
    "nothing_to_roll_back": gettext_lazy("No other ranker has served here, or none that can be trusted."),
    "weights_moved_meanwhile": gettext_lazy(
        "Somebody moved the weights of this cause meanwhile. Look at what they are now, then decide again."
    ),
    "verdict_reason_unknown": gettext_lazy("“%(reason)s” is no reason we know. Choose among: %(known)s."),
    "verdict_reason_misplaced": gettext_lazy("Whoever fits needs no reason. Leave it out, or write a note."),
    "verdict_note_too_long": gettext_lazy("A note has at most %(limit)s characters."),
    "nobody_to_rank": gettext_lazy("Nobody fits these filters. Widen them, or import more profiles."),
    "likeness_unready": gettext_lazy(
        "Everybody is being read to be compared. Ask again in a moment: it takes a minute for thousands of profiles."
    ),
    "everybody_conflicts": gettext_lazy(
        "Everybody who fits these filters shows something that conflicts with the cause. Look at its conflicts."
    ),
}

# What stands in these sentences as a code or a bare number, as a person reads it.
CODES: Mapping[str, Callable[[Any], str]] = {
    "ranker_not_better.against": contender,
    "ranker_not_better.difference": signed,
    "ranker_not_better.low": signed,
    "ranker_not_better.high": signed,
    "ranker_suspect.features": lambda names: ", ".join(str(FEATURES[name]) for name in names),
    "weight_out_of_bounds.feature": lambda name: str(FEATURES.get(name, name)),
    "weight_out_of_bounds.low": crm_words.number,
    "weight_out_of_bounds.high": crm_words.number,
}
