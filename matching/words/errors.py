"""What went wrong, in sentences."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

ERRORS: Mapping[str, str | Promise] = {
    "limit_out_of_range": gettext_lazy("A list shows between %(low)s and %(high)s people."),
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
    "nobody_to_rank": gettext_lazy("Nobody fits these filters. Widen them, or import more profiles."),
    "everybody_conflicts": gettext_lazy(
        "Everybody who fits these filters shows something that conflicts with the cause. Look at its conflicts."
    ),
}
