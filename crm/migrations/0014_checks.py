from django.db import migrations, models

# What no form, file or call of ours ever wrote, but a hand in the database may have: where the value means nothing it is
# blanked, so that an upgrade never ends here. A broken identity (an e-mail key, a handle) is not guessed at: the
# constraint refuses it, by name.
_FIGURES = {
    "crm_accountsnapshot": [
        "followers", "following", "posts", "avg_engagements", "avg_likes", "avg_comments", "avg_shares", "avg_views",
    ],
    "crm_accountday": ["views", "engagements", "likes", "comments", "shares", "follows", "unfollows", "followers"],
}
_LISTS = [
    ("crm_influencer", "languages", "^[a-z]{2,3}$"),
    ("crm_cause", "languages", "^[a-z]{2,3}$"),
    ("crm_cause", "countries", "^[A-Z]{2}$"),
    ("crm_cause", "platforms", "^(facebook|instagram|x|linkedin|twitch|youtube|tiktok|bluesky|mastodon)$"),
]
_TEXTS = [
    ("crm_influencer", "timezone", "^([A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*)?$"),
    ("crm_post", "language", "^([a-z]{2,3})?$"),
    ("crm_user", "language", "^([a-z]{2,3}(-[a-z]{2})?)?$"),
    ("crm_user", "email", r"^([^@\s<>,;]+@[^@\s<>,;]+)?$"),
]
_TRAIT = """
CASE dimension WHEN 'country' THEN key ~ '^[A-Z]{2}$' WHEN 'language' THEN key ~ '^[a-z]{2,3}$'
  WHEN 'age' THEN key ~ '^[0-9]{1,3}(-[0-9]{1,3}|\\+)$' WHEN 'gender' THEN key IN ('female', 'male', 'other', 'unknown')
  ELSE key <> '' END
"""
BLANK = [
    *(
        f"UPDATE {table} SET {', '.join(f'{name} = CASE WHEN {name} >= 0 THEN {name} END' for name in names)}"
        f" WHERE least({', '.join(names)}) < 0"
        for table, names in _FIGURES.items()
    ),
    "UPDATE crm_accountsnapshot SET engagement_rate = NULL WHERE engagement_rate NOT BETWEEN 0 AND 1",
    *(
        f"UPDATE {table} SET {name} = ARRAY(SELECT entry FROM unnest({name}) WITH ORDINALITY AS listed(entry, place)"
        f" WHERE entry ~ '{shape}' ORDER BY place)"
        f" WHERE EXISTS (SELECT FROM unnest({name}) AS entry WHERE entry IS NULL OR entry !~ '{shape}')"
        for table, name, shape in _LISTS
    ),
    *(f"UPDATE {table} SET {name} = '' WHERE {name} !~ '{shape}'" for table, name, shape in _TEXTS),
    *(f"DELETE FROM {table} WHERE NOT ({_TRAIT})" for table in ("crm_audienceshare", "crm_audiencetarget")),
    "SET CONSTRAINTS ALL IMMEDIATE",  # a table that a check still waits for cannot be altered
]


class Migration(migrations.Migration):
    dependencies = [("crm", "0013_audit")]
    operations = [
        *(migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in BLANK),
        migrations.AddConstraint(
            model_name='accountday',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('views', None), ('views__gte', 0), _connector='OR'), models.Q(('engagements', None), ('engagements__gte', 0), _connector='OR'), models.Q(('likes', None), ('likes__gte', 0), _connector='OR'), models.Q(('comments', None), ('comments__gte', 0), _connector='OR'), models.Q(('shares', None), ('shares__gte', 0), _connector='OR'), models.Q(('follows', None), ('follows__gte', 0), _connector='OR'), models.Q(('unfollows', None), ('unfollows__gte', 0), _connector='OR'), models.Q(('followers', None), ('followers__gte', 0), _connector='OR')), name='account_day_figures'),
        ),
        migrations.AddConstraint(
            model_name='accounthandle',
            constraint=models.CheckConstraint(condition=models.Q(('handle__regex', '^[^[:cntrl:]]+$')), name='former_handle'),
        ),
        migrations.AddConstraint(
            model_name='accountsnapshot',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('followers', None), ('followers__gte', 0), _connector='OR'), models.Q(('following', None), ('following__gte', 0), _connector='OR'), models.Q(('posts', None), ('posts__gte', 0), _connector='OR'), models.Q(('avg_engagements', None), ('avg_engagements__gte', 0), _connector='OR'), models.Q(('avg_likes', None), ('avg_likes__gte', 0), _connector='OR'), models.Q(('avg_comments', None), ('avg_comments__gte', 0), _connector='OR'), models.Q(('avg_shares', None), ('avg_shares__gte', 0), _connector='OR'), models.Q(('avg_views', None), ('avg_views__gte', 0), _connector='OR')), name='snapshot_figures'),
        ),
        migrations.AddConstraint(
            model_name='accountsnapshot',
            constraint=models.CheckConstraint(condition=models.Q(('engagement_rate', None), models.Q(('engagement_rate__gte', 0), ('engagement_rate__lte', 1)), _connector='OR'), name='snapshot_engagement_rate'),
        ),
        migrations.AddConstraint(
            model_name='address',
            constraint=models.CheckConstraint(condition=models.Q(('email_key__regex', '^[^@\\s<>,;]+@[^@\\s<>,;]+$')), name='address_email_key'),
        ),
        migrations.AddConstraint(
            model_name='audienceshare',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('dimension', 'country'), ('key__regex', '^[A-Z]{2}$')), models.Q(('dimension', 'language'), ('key__regex', '^[a-z]{2,3}$')), models.Q(('dimension', 'age'), ('key__regex', '^[0-9]{1,3}(-[0-9]{1,3}|\\+)$')), models.Q(('dimension', 'gender'), ('key__in', ['female', 'male', 'other', 'unknown'])), models.Q(('dimension', 'interest'), models.Q(('key', ''), _negated=True)), _connector='OR'), name='audience_key'),
        ),
        migrations.AddConstraint(
            model_name='audiencetarget',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('dimension', 'country'), ('key__regex', '^[A-Z]{2}$')), models.Q(('dimension', 'language'), ('key__regex', '^[a-z]{2,3}$')), models.Q(('dimension', 'age'), ('key__regex', '^[0-9]{1,3}(-[0-9]{1,3}|\\+)$')), models.Q(('dimension', 'gender'), ('key__in', ['female', 'male', 'other', 'unknown'])), models.Q(('dimension', 'interest'), models.Q(('key', ''), _negated=True)), _connector='OR'), name='target_key'),
        ),
        migrations.AddConstraint(
            model_name='cause',
            constraint=models.CheckConstraint(condition=models.Q(('languages__regex', '^\\{([a-z]{2,3}(,[a-z]{2,3})*)?\\}$')), name='cause_languages'),
        ),
        migrations.AddConstraint(
            model_name='cause',
            constraint=models.CheckConstraint(condition=models.Q(('countries__regex', '^\\{([A-Z]{2}(,[A-Z]{2})*)?\\}$')), name='cause_countries'),
        ),
        migrations.AddConstraint(
            model_name='cause',
            constraint=models.CheckConstraint(condition=models.Q(('platforms__contained_by', ['facebook', 'instagram', 'x', 'linkedin', 'twitch', 'youtube', 'tiktok', 'bluesky', 'mastodon'])), name='cause_platforms'),
        ),
        migrations.AddConstraint(
            model_name='importbatch',
            constraint=models.CheckConstraint(condition=models.Q(('subject__in', ['influencers', 'causes'])), name='import_subject'),
        ),
        migrations.AddConstraint(
            model_name='importbatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rows_read', None), ('rows_read__gte', 0), _connector='OR'), models.Q(('created_count', None), ('created_count__gte', 0), _connector='OR'), models.Q(('updated_count', None), ('updated_count__gte', 0), _connector='OR'), models.Q(('unchanged_count', None), ('unchanged_count__gte', 0), _connector='OR'), models.Q(('rejected_count', None), ('rejected_count__gte', 0), _connector='OR')), name='import_counts'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['created', 'updated', 'unchanged', 'rejected'])), name='import_row_verdict'),
        ),
        migrations.AddConstraint(
            model_name='influencer',
            constraint=models.CheckConstraint(condition=models.Q(('languages__regex', '^\\{([a-z]{2,3}(,[a-z]{2,3})*)?\\}$')), name='influencer_languages'),
        ),
        migrations.AddConstraint(
            model_name='influencer',
            constraint=models.CheckConstraint(condition=models.Q(('timezone__regex', '^([A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*)?$')), name='influencer_timezone'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.CheckConstraint(condition=models.Q(('language__regex', '^([a-z]{2,3})?$')), name='post_language'),
        ),
        migrations.AddConstraint(
            model_name='socialaccount',
            constraint=models.CheckConstraint(condition=models.Q(('handle__regex', '^[^[:cntrl:]]+$'), ('handle_key__regex', '^[^[:cntrl:]]+$')), name='account_handle'),
        ),
        migrations.AddConstraint(
            model_name='suppression',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['unsubscribed', 'declined', 'complaint', 'bounced', 'erased'])), name='suppression_reason'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('email__regex', '^[^@\\s<>,;]+@[^@\\s<>,;]+$'), ('email', ''), _connector='OR'), name='user_email'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('language__regex', '^([a-z]{2,3}(-[a-z]{2})?)?$')), name='user_language'),
        ),
        migrations.AddConstraint(
            model_name='auditevent',
            constraint=models.CheckConstraint(condition=models.Q(('operation__in', ['INSERT', 'UPDATE', 'DELETE'])), name='audit_operation'),
        ),
    ]
