"""Every occasion on which the database notes a change has words: a page, a tool, a task or a command that is new fails
here until it has a sentence, or it is said that it touches no table of the trail.
"""

from django.apps import apps
from django.contrib import admin
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver

from config.celery import app
from config.urls import router
from crm.admin.base import ReadOnlyAdmin
from crm.models import AuditEvent
from crm.words import RESOURCES, audit_why
from crm.words.errors import table_of

OURS = ("config", "crm", "matching", "outreach")
# Django's own pages, which refuse to write for every table (below).
READING = ("changelist", "history", "delete", "change", "autocomplete", "view_on_site")
# Addresses, refusals, verdicts, goals, stages and credit stay as they are.
ELSEWHERE = {
    *("crm_apitoken_add", "crm_apitoken_revoke", "crm_user_add", "crm_user_password", "crm_instance_organisation"),
    *("crm_duplicatecandidate_choose", "crm_duplicatecandidate_dismiss", "crm_suppression_look_up"),
    *("crm_erasurereceipt_download", "crm_influencer_export", "crm_influencer_find", "crm_influencer_trail"),
    *("crm_influencer_views", "crm_influencer_save_view", "crm_influencer_rename_view", "crm_influencer_remove_view"),
    *("crm_cause_choose_own", "crm_cause_let_go_own"),
    *("crm_influencer_represent", "crm_influencer_end_representation"),
    # What a file brings is stored by a task.
    *("crm_importbatch_upload", "crm_importbatch_mapping", "crm_importbatch_forget_mapping", "crm_importbatch_store"),
    *("crm_importbatch_discard", "crm_importbatch_rejects", "crm_importbatch_template"),
    *("matching_matchlist_rank", "matching_matchlist_gaps", "matching_matchlist_conflicts"),
    *("matching_matchlist_hashtags", "matching_matchlist_count", "matching_matchlist_judge"),
    *("matching_exclusion_add", "matching_exclusion_lift", "matching_exclusion_panel"),
    *("matching_matchlist_compare", "matching_matchlist_evidence", "matching_matchlist_similar"),
    *("matching_rankerversion_learn", "matching_rankerversion_roll_back", "matching_rankerversion_promote"),
    *(
        "outreach_campaign_add",
        "outreach_campaign_edit",
        "outreach_messagetemplate_add",
        "outreach_messagetemplate_edit",
    ),
    *("outreach_campaign_attribution", "outreach_campaign_compare_models"),
    *("outreach_message_save", "outreach_message_approve", "outreach_message_cancel"),
    *("outreach_message_submit", "outreach_message_send_back"),
    *("outreach_outreach_started", "outreach_outreach_board", "outreach_outreach_assign"),
    "outreach_messagetemplate_values",
    *("outreach_campaign_csv", "outreach_campaign_xlsx", "outreach_campaign_pdf", "outreach_campaign_weekly"),
    *("outreach_sequence_add", "outreach_sequence_edit", "outreach_sequence_pause", "outreach_sequence_go_on"),
    *("outreach_outreach_enrol", "outreach_outreach_sequence_pause", "outreach_outreach_sequence_go_on"),
    "outreach_outreach_sequence_stop",
    *("outreach_mailbox_test", "outreach_mailbox_services"),
    *("outreach_outreach_add_link", "outreach_outreach_qr"),
    *("outreach_source_test", "outreach_conversion_settle"),
    "outreach_publication_figures",  # a reading is a dated row of its own
    # Where a reply lies, and whose it is; what came with it.
    *("outreach_inboundmessage_assign", "outreach_inboundmessage_snooze", "outreach_inboundmessage_done"),
    *("outreach_inboundmessage_reopen", "outreach_inboundmessage_letter", "outreach_inboundmessage_attachment"),
}
TASKS_ELSEWHERE = {
    *("crm.tasks.find_duplicates", "crm.tasks.forget_merges", "crm.tasks.forget_idempotency_keys"),
    "crm.tasks.complete_erasures",
    *("matching.tasks.build_match_list", "matching.tasks.sweep_match_lists", "matching.tasks.keep_snapshot"),
    *("matching.tasks.count_hashtags", "matching.tasks.recount_hashtags"),
    # What they write is no table of the trail.
    *("outreach.tasks.drain_clicks", "outreach.tasks.classify_clicks", "outreach.tasks.compare_models"),
    *("outreach.tasks.compare_asked", "outreach.tasks.sweep_comparisons", "outreach.tasks.forget_comparisons"),
    *("outreach.tasks.ripen_silence", "outreach.tasks.ripen_actions", "outreach.tasks.advance_sequences"),
    "outreach.tasks.write_weekly",
    *(
        "matching.tasks.learn",
        "matching.tasks.learn_anew",
        "matching.tasks.sweep_trainings",
        "matching.tasks.watch_drift",
    ),
}
# `tick` runs tasks, `import_causes` is an import; each says so by that name.
COMMANDS_ELSEWHERE = {"create_token", "export_person", "import_causes", "rank", "tick", "up"}
COMMANDS_ELSEWHERE |= {"train_ranker", "evaluate_ranker", "promote_ranker", "rollback_ranker"}
COMMANDS_ELSEWHERE |= {"classify_clicks"}
COMMANDS_ELSEWHERE |= {"evaluate_replies", "mail_hooks"}  # of a file; of the keyring


def occasions() -> set[str]:
    return {occasion for config in apps.get_app_configs() for occasion in table_of(config.name, "OCCASIONS")}


def staff_pages() -> set[str]:
    """The names of those that may write."""
    names: set[str] = set()
    waiting: list[URLPattern | URLResolver] = list(admin.site.get_urls())
    while waiting:
        pattern = waiting.pop()
        if isinstance(pattern, URLResolver):
            waiting += pattern.url_patterns
        elif pattern.name and pattern.name.partition("_")[0] in OURS and not pattern.name.endswith(READING):
            names.add(pattern.name)
    closed = {
        f"{model._meta.app_label}_{model._meta.model_name}_add"
        for model, page in admin.site._registry.items()
        if isinstance(page, ReadOnlyAdmin) and "add" not in getattr(page, "list_steps", {})
    }
    return names - closed


def test_every_page_that_may_write_has_its_sentence():
    told = {name.removeprefix("admin:") for name in occasions() if name.startswith("admin:")}
    pages = staff_pages()
    assert pages - told == ELSEWHERE
    assert told - pages == set()


def test_no_table_is_written_by_pages_of_django():
    ours = {model: page for model, page in admin.site._registry.items() if model._meta.app_label in OURS}
    assert [model for model, page in ours.items() if not isinstance(page, ReadOnlyAdmin)] == []


def test_every_tool_says_what_it_is_about():
    assert {view.resource for _prefix, view, _name in router.registry} - set(RESOURCES) == set()
    assert audit_why(AuditEvent(why="api:vettings-create")) == "a tool (Vetting)"


def test_every_task_has_its_sentence():
    app.loader.import_default_modules()
    tasks = {name for name in app.tasks if name.startswith(OURS)}
    assert tasks - occasions() == TASKS_ELSEWHERE


def test_every_command_has_its_sentence():
    commands = {name for name, owner in get_commands().items() if str(owner).partition(".")[0] in OURS}
    assert commands - occasions() == COMMANDS_ELSEWHERE
