import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import uuid
from django.conf import settings
from django.db import migrations, models


# A fact is added, never changed. Whose it is may change, when profiles are merged, and what it points to may go; so may
# the fact itself, with the person it speaks of.
REFUSE = """
CREATE FUNCTION matching_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.cause_id, OLD.side, OLD.kind, OLD.reason, OLD.note, OLD.about, OLD.origin, OLD.at)
       IS DISTINCT FROM (NEW.cause_id, NEW.side, NEW.kind, NEW.reason, NEW.note, NEW.about, NEW.origin, NEW.at)
       OR (OLD.grade, OLD.actions, OLD.reached) IS DISTINCT FROM (NEW.grade, NEW.actions, NEW.reached) THEN
        RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER label_append_only BEFORE UPDATE ON matching_relevancelabel
    FOR EACH ROW EXECUTE FUNCTION matching_refuse_change();
"""
LET = "DROP TRIGGER label_append_only ON matching_relevancelabel; DROP FUNCTION matching_refuse_change();"


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0017_import_pieces'),
        ('matching', '0005_checks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Exclusion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('reason', models.TextField(verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='decided')),
                ('lifted_at', models.DateTimeField(null=True, verbose_name='lifted')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by whom')),
                ('cause', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='exclusions', to='crm.cause', verbose_name='cause')),
                ('influencer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exclusions', to='crm.influencer', verbose_name='influencer')),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'exclusion',
                'verbose_name_plural': 'exclusions',
                'constraints': [models.UniqueConstraint(condition=models.Q(('cause__isnull', False), ('lifted_at', None)), fields=('influencer', 'cause'), name='exclusion_open_once'), models.UniqueConstraint(condition=models.Q(('cause', None), ('lifted_at', None)), fields=('influencer',), name='exclusion_of_all_open_once'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='exclusion_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_at', None), ('lifted_by', None)), models.Q(('lifted_at__gte', models.F('at')), ('lifted_at__isnull', False)), _connector='OR'), name='exclusion_lifted')],
            },
        ),
        migrations.CreateModel(
            name='RelevanceLabel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('side', models.CharField(choices=[('accepts', 'whether they say yes'), ('wants', 'whether the cause wants them')], max_length=10, verbose_name='side')),
                ('kind', models.CharField(choices=[('fit', 'fits'), ('not_fit', 'does not fit'), ('conflict', 'conflict'), ('withdrawn', 'taken back'), ('accepted', 'said yes'), ('declined', 'said no'), ('no_answer', 'never answered'), ('actions', 'concrete actions')], max_length=10, verbose_name='verdict or outcome')),
                ('reason', models.CharField(blank=True, choices=[('off_topic', 'off topic'), ('other_audience', 'audience elsewhere'), ('tone', 'tone or values'), ('too_commercial', 'too commercial'), ('inactive', 'not active'), ('with_us', 'works with us already'), ('fake_audience', 'fake audience'), ('other', 'another reason')], max_length=20, verbose_name='why')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('about', models.CharField(blank=True, max_length=60)),
                ('origin', models.CharField(max_length=100, unique=True)),
                ('at', models.DateTimeField(verbose_name='known since')),
                ('grade', models.PositiveSmallIntegerField(null=True, verbose_name='grade')),
                ('actions', models.FloatField(null=True, verbose_name='concrete actions')),
                ('reached', models.PositiveBigIntegerField(null=True, verbose_name='people reached')),
                ('value', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('actions'), '*', models.Value(1000.0)), '/', django.db.models.functions.comparison.Cast('reached', models.FloatField())), output_field=models.FloatField(), verbose_name='actions per 1,000 people reached')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cause', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='labels', to='crm.cause', verbose_name='cause')),
                ('influencer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='labels', to='crm.influencer', verbose_name='influencer')),
                ('match', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='labels', to='matching.match')),
            ],
            options={
                'verbose_name': 'verdict or outcome',
                'verbose_name_plural': 'verdicts and outcomes',
                'indexes': [models.Index(models.F('influencer'), models.F('cause'), models.OrderBy(models.F('at'), descending=True), name='label_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['fit', 'not_fit', 'conflict', 'withdrawn', 'accepted', 'declined', 'no_answer', 'actions'])), name='label_kind'), models.CheckConstraint(condition=models.Q(('side__in', ['accepts', 'wants'])), name='label_side'), models.CheckConstraint(condition=models.Q(('kind', 'withdrawn'), models.Q(('kind__in', ['fit', 'not_fit', 'conflict', 'actions']), ('side', 'wants')), models.Q(('kind__in', ['accepted', 'declined', 'no_answer']), ('side', 'accepts')), _connector='OR'), name='label_side_of_kind'), models.CheckConstraint(condition=models.Q(('reason__in', ['', 'off_topic', 'other_audience', 'tone', 'too_commercial', 'inactive', 'with_us', 'fake_audience', 'other'])), name='label_reason'), models.CheckConstraint(condition=models.Q(('reason', ''), ('kind__in', ['not_fit', 'conflict']), _connector='OR'), name='label_reason_of_kind'), models.CheckConstraint(condition=models.Q(('note', ''), ('kind__in', ['fit', 'not_fit', 'conflict']), _connector='OR'), name='label_note_of_kind'), models.CheckConstraint(condition=models.Q(('kind', 'withdrawn'), models.Q(('about', ''), ('kind__in', ['fit', 'not_fit', 'conflict'])), models.Q(models.Q(('about', ''), _negated=True), ('kind__in', ['accepted', 'declined', 'no_answer', 'actions'])), _connector='OR'), name='label_about'), models.CheckConstraint(condition=models.Q(('origin', ''), _negated=True), name='label_has_origin'), models.CheckConstraint(condition=models.Q(models.Q(('grade', None), ('kind__in', ['withdrawn', 'actions'])), models.Q(('grade__isnull', False), ('grade__lte', 3), ('kind__in', ['fit', 'not_fit', 'conflict', 'accepted', 'declined', 'no_answer'])), _connector='OR'), name='label_grade'), models.CheckConstraint(condition=models.Q(models.Q(('actions__gte', 0), ('actions__lte', 1000000000000.0), ('kind', 'actions'), ('reached__gte', 1), ('actions__isnull', False), ('reached__isnull', False)), models.Q(models.Q(('kind', 'actions'), _negated=True), ('actions', None), ('reached', None)), _connector='OR'), name='label_actions')],
            },
        ),
        migrations.RunSQL(REFUSE, LET),
    ]
