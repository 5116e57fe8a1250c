"""One file, top to bottom, driven by the environment. Every variable is explained in docs/settings.md.

Importing this module starts nothing: with no DATABASE_URL it only computes where the embedded Postgres listens.
"""

import ipaddress
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from config.embedded_pg import EmbeddedPostgres

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = Path(env.str("APP_STATE_DIR", default=str(BASE_DIR / ".state"))).absolute()


def local_secret(name: str) -> str:
    """A secret of this installation, made once and kept in the state directory, readable by its owner only."""
    path = STATE_DIR / name
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        STATE_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # the first of several starting processes wins; the others read what it wrote
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text().strip()


def share(name: str, *, most: float) -> float:
    """A part of a whole, 0 unless it is set. Raises ImproperlyConfigured where it is none, or above `most`."""
    said = env.str(name, default="0")
    try:
        part = float(said)
    except ValueError:
        part = float("nan")
    if not 0 <= part <= most:
        raise ImproperlyConfigured(f"{name} is a share from 0 to {most}: {said!r} is none.")
    return part


def natural(name: str, *, default: int) -> int:
    """0 or more. Raises ImproperlyConfigured where it is none."""
    said = env.str(name, default=str(default))
    if not (said.isascii() and said.isdigit()):
        raise ImproperlyConfigured(f"{name} is a number, 0 or more: {said!r} is none.")
    return int(said)


def networks(name: str) -> list[str]:
    """Raises ImproperlyConfigured where one is none."""
    said = env.list(name, default=[])
    try:
        return [str(ipaddress.ip_network(each.strip(), strict=False)) for each in said]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} lists networks, such as 10.0.0.0/8: {error}.") from error


# Where we are ---------------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret("secret_key")
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", urlsplit(BASE_URL).hostname or ""]
)
# Whether nobody but this machine comes in: neither its links nor a name that it answers to lead here from elsewhere.
IS_LOOPBACK = {urlsplit(BASE_URL).hostname, *ALLOWED_HOSTS} <= {"127.0.0.1", "localhost", "::1", "[::1]"}
CSRF_TRUSTED_ORIGINS = [] if IS_LOOPBACK else [BASE_URL]
KEYRING = Path(env.str("KEYRING", default=str(STATE_DIR / "keyring.json")))

# Apps -----------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "crm",
    "matching",
    "outreach",
    "config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.doors.Links",
    "config.browsing.Policed",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.language.ChosenLanguage",
    "config.audit.Audited",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# The only truth -------------------------------------------------------------------------------------------------------
HAS_EXTERNAL_DATABASE = bool(env.str("DATABASE_URL", default=""))
if HAS_EXTERNAL_DATABASE:
    DATABASES = {"default": env.db("DATABASE_URL")}
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"} | EmbeddedPostgres(STATE_DIR / "pg").dsn}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
# A server that answers nothing at all is away after so many seconds: who follows a link waits no longer than that.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
# Of the statements that are asked for once a click, and of no others: Django's own are never prepared.
DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 1)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The doorbell ---------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://")
if CELERY_BROKER_URL.startswith("filesystem://"):
    CELERY_BROKER_TRANSPORT = "config.broker:Transport"
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # its mailbox is one more file that four processes would write at once
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(STATE_DIR / "broker"),
        "data_folder_out": str(STATE_DIR / "broker"),
        "polling_interval": 0.1,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 5}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # a web request never waits for a broker that is away: the sweep finds the row
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "work"
CELERY_TASK_ROUTES = {
    # Every action is read for a comparison: nothing waits behind it that is to be sent.
    **{
        f"outreach.tasks.{name}": {"queue": "work"} for name in ("compare_models", "compare_asked", "sweep_comparisons")
    },
    "outreach.tasks.*": {"queue": "tick"},
}
CELERY_TASK_TIME_LIMIT = 3600

# Tracked links --------------------------------------------------------------------------------------------------------
# Where a click is kept before its visitor is sent on: in the database ("commit"), or in a file that is stored within
# seconds ("spool"). While the database is away, in a file either way.
CLICK_DURABILITY = env.str("CLICK_DURABILITY", default="commit")
if CLICK_DURABILITY not in {"commit", "spool"}:
    raise ImproperlyConfigured(f"CLICK_DURABILITY is commit or spool: {CLICK_DURABILITY!r} is neither.")
CLICK_DIR = Path(env.str("CLICK_DIR", default=str(STATE_DIR / "clicks")))
CLICK_FSYNC = env.bool("CLICK_FSYNC", default=True)  # whether such a file outlives a power cut
# Requests that one address may make of all public doors together: links, pixels, the page that says no. 0: any number.
PUBLIC_PER_MINUTE = natural("PUBLIC_PER_MINUTE", default=1_200)
# Networks of proxies of our own, whose X-Forwarded-For is believed: "10.0.0.0/8,127.0.0.1/32".
TRUSTED_PROXIES = networks("TRUSTED_PROXIES")

# Mail -----------------------------------------------------------------------------------------------------------------
EMAIL_URL = env.str("EMAIL_URL", default="")  # unset: mail is captured and shown in the app, never sent
SENDER_NAME = env.str("SENDER_NAME", default="Causeway")
SENDER_ADDRESS = env.str("SENDER_ADDRESS", default="partnerships@causeway.example")
POSTAL_ADDRESS = env.str("POSTAL_ADDRESS", default="")
# Whether the answer to each message goes to an address of its own, with a signed "+token": it tells what is answered
# where a mail program says nothing of it. The mailbox has to take such addresses.
REPLY_TOKENS = env.bool("REPLY_TOKENS", default=False)
# Of Mailgun, with which it signs what it hands over; unset, its door stays shut.
MAILGUN_SIGNING_KEY = env.str("MAILGUN_SIGNING_KEY", default="")
INBOUND_URL = env.str("INBOUND_URL", default="")  # one mailbox more, beside those that staff set up
# Hosts of our own network that may be connected to where staff name them: everything else must be public.
PRIVATE_HOSTS = env.list("PRIVATE_HOSTS", default=[])
# Nothing of Django's own opens a mail connection: outreach/channels/email.py is the one module that sends.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# People who sign in ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "crm.User"
AUTHENTICATION_BACKENDS = ["crm.services.staff.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_RESET_TIMEOUT = 3600  # seconds
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not IS_LOOPBACK
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "SAMEORIGIN"

# Words, dates, numbers ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / app / "locale" for app in ("config", "crm", "matching", "outreach")]
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Paris")
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# Files ----------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # served straight from the packages: no collecting step on the way to the first page
# What ranks keeps everybody as columns of numbers here: made from Postgres, and made anew where it is lost.
SNAPSHOT_DIR = Path(env.str("SNAPSHOT_DIR", default=str(STATE_DIR / "snapshot")))
# What tells texts' nearness beside the lexicon: "sentence-transformers:/folder of a model"; unset, the lexicon alone.
ENCODER = env.str("ENCODER", default="")
# Of each list, the share of places that are drawn by lot among those who rank lower; see docs/ranker.md.
RANDOMISED_SLOTS = share("RANDOMISED_SLOTS", most=0.3)
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=50 * 1024 * 1024)
PIXEL_PER_MINUTE = env.int("PIXEL_PER_MINUTE", default=120)  # calls of one source's pixel that are noted one by one
COMPARISON_DAYS = env.int("COMPARISON_DAYS", default=90)  # for how long comparisons that nobody asked for are kept
UNMERGE_DAYS = env.int("UNMERGE_DAYS", default=30)  # for how long merged profiles can be taken apart again

# API ------------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["crm.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["crm.api.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "crm.api.pagination.CursorPage",
    "DEFAULT_SCHEMA_CLASS": "crm.api.schema.Schema",
    "EXCEPTION_HANDLER": "crm.api.problems.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Causeway",
    "DESCRIPTION": "From a profile to an attributed donation.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "/static/crm/causeway.svg",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ActionKind": "crm.models.ActionKind",
        "InfluencerKind": "crm.models.Influencer.Kind",
        "InfluencerRegister": "crm.models.Influencer.Register",
        "TextRegister": "outreach.models.MessageTemplate.Register",
        "RatesEnum": "crm.formats.field_maps.RATES",
        "MatchVerdict": "matching.api.verdicts.VERDICTS",
        "OutreachStage": "outreach.models.Outreach.Stage",
        "ReplyKind": "outreach.models.InboundMessage.Kind",
        "LedgerDoor": "outreach.models.Door",
        "ReasonEnum": "matching.models.RelevanceLabel.Reason",
        "SuppressionReason": "crm.models.Suppression.Reason",
        "SuppressionNoted": "crm.services.addresses.NOTED",
    },
}

# Staff interface ------------------------------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": "Causeway",
    "SITE_HEADER": "Causeway",
    "SITE_URL": None,
    "SITE_ICON": lambda request: static("crm/causeway.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("crm/causeway.svg")}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "config.dashboard.home",
    "GLOBAL_CALLBACK": "config.welcome.everywhere",
    "SIDEBAR": {"show_search": False, "navigation": "config.navigation.sidebar"},
    "STYLES": [lambda request: static("crm/colours.css"), lambda request: static("crm/causeway.css")],
}

# Logs carry ids only --------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"keys": {"()": "config.logs.WithoutKeys"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["keys"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
