"""Django settings. Nothing here starts a server or has a default secret; see docs/reference/environment.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from portal import environment

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
DATA_DIR = BASE_DIR / "data"
environment.load(VAR_DIR / "run" / "env")

# --- what kind of deployment this is ---------------------------------------------------------------------------------
DEBUG = False
DEMO = environment.flag("DEMO")
SECRET_KEY = environment.text("SECRET_KEY")
PUBLIC_HOST = environment.text("PUBLIC_HOST", "127.0.0.1")
ALLOWED_HOSTS = (
    [PUBLIC_HOST] if PUBLIC_HOST not in {"127.0.0.1", "localhost"} else ["127.0.0.1", "localhost", "[::1]"]
)
SECURE_COOKIES = environment.flag("HTTPS")

# --- apps and the request ---------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "portal.api",
    "portal.web",
    "portal",
    "evaluations",
    "approvals",
    "matters",
    "certificates",
    "registers",
    "accounts",
    "records",
    *(["portal.demo"] if DEMO else []),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.web.unsaved.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.web.middleware.DisplayModes",
    "portal.web.middleware.Storable",
    "portal.web.middleware.EdgeErrors",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.web.context.site",
                *(["portal.demo.context.demo_clock"] if DEMO else []),
            ],
        },
    }
]
FORM_RENDERER = "portal.web.forms.renderer.FieldRenderer"
CSRF_FAILURE_VIEW = "portal.web.errors.csrf_failure"

# --- data -------------------------------------------------------------------------------------------------------------
DATABASES = {"default": environment.database(environment.text("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = environment.text("REDIS_URL")
FIELD_KEYS = environment.key_ring("FIELD_KEYS")
FIELD_KEY_ACTIVE = environment.text("FIELD_KEY_ACTIVE")
HASH_KEY = environment.key_bytes("HASH_KEY")
JOURNAL_KEY = environment.key_bytes("JOURNAL_KEY")
JOURNAL_HEADS_FILE = Path(environment.text("JOURNAL_HEADS_FILE", str(VAR_DIR / "journal" / "heads.jsonl")))
FILES_DIR = Path(environment.text("FILES_DIR", str(VAR_DIR / "files")))  # uploaded files, sealed
# Of one file: bytes, pages of a PDF, pixels of a picture; pixels of a side as kept; seconds of the processor to open it.
FILES = {"bytes": 10_000_000, "pages": 20, "pixels": 60_000_000, "longest": 2500, "seconds": 20}
CLAMD_URL = environment.text("CLAMD_URL", "")  # tcp://host:port or unix:///path; empty: no virus scan
REGISTER_BASE_URL = environment.text("REGISTER_BASE_URL", "http://127.0.0.1:9999")

# --- people -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.signing.identity.PasswordBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# How often within how many seconds (accounts/signing/braking.py); behind one address may sit a whole office.
BRAKES = {"sign_in_name": (10, 900), "sign_in_address": (60, 900), "check_address": (60, 60), "api": (600, 60)}
LOGIN_URL = "public:sign_in"
LOGIN_REDIRECT_URL = "public:home"
LOGOUT_REDIRECT_URL = "public:home"
SESSION_COOKIE_AGE = 2 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # the cookie outlives the session: that one ended can be told
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- language, time ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- static files, headers --------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(environment.text("STATIC_ROOT", str(VAR_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = SECURE_COOKIES
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_COOKIES
BEHIND_PROXY = environment.flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_HANDLERS = ["portal.web.uploading.SealedUploadHandler"]  # Django's own would write files in clear
REQUEST_LARGEST = 64_000_000  # bytes a file post may have at all; up to here a file too large is refused on its page

# --- jobs -------------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "approvals.tasks.decide": {"queue": "instant"},
    "accounts.tasks.deliver": {"queue": "bulk"},
    "records.tasks.scan": {"queue": "bulk"},
}
CELERY_TASK_ACKS_LATE = False  # a wake-up means only "look": losing one costs a sweep, never a decision
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is down or hangs must cost the applicant next to nothing: without this, sending one wake-up tries for
# 6 seconds where nobody listens, and for ever where somebody listens and says nothing.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 1,
    "interval_start": 0,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
}
CELERY_TIMEZONE = TIME_ZONE
# The Celery fixup closes the connection after every task unless told otherwise: 132 instead of 285 decisions/s.
CELERY_DB_REUSE_MAX = 1_000_000
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "approvals.tasks.sweep", "schedule": 5.0},
    "deliver": {"task": "accounts.tasks.deliver", "schedule": 5.0, "options": {"expires": 5.0}},
    "seal-journal": {"task": "records.tasks.seal", "schedule": 1.0},
    "scan-files": {"task": "records.tasks.look_for_unscanned", "schedule": 10.0},
    "sweep-files": {"task": "records.tasks.sweep_files", "schedule": 3600.0},
    "rescan-files": {"task": "records.tasks.rescan_files", "schedule": 86_400.0},
    "late-supplements": {"task": "approvals.tasks.hand_over_late", "schedule": 3600.0},
    "check-clocks": {"task": "approvals.tasks.check_clocks", "schedule": 86_400.0},
}

# --- deciding ---------------------------------------------------------------------------------------------------------
INSTANT_WAIT_SECONDS = 2.0  # how long a result page waits for the worker before it polls
INSTANT_WAITERS = 8  # request threads of one process that may wait at the same time
DECIDE_LEASE_SECONDS = environment.whole("DECIDE_LEASE_SECONDS", 30)
DECIDE_ATTEMPTS = 3

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["portal.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "政务服务网接口",
    "DESCRIPTION": "与网页同一套办理动作。令牌由管理员发放，放在 Authorization: Bearer 里。",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

# --- telling people ---------------------------------------------------------------------------------------------------
# A channel is on when it is set up. Secrets of one kind each; see docs/how-to/connect-a-gateway.md.
SMS_URL = environment.text("SMS_URL", "")
SMS_SECRET = environment.text("SMS_SECRET", "")
SMS_SIGN = environment.text("SMS_SIGN", "龙湖政务")
SMS_TEMPLATES = environment.words("SMS_TEMPLATES")  # kind of message → the provider's template id
SMS_QUIET_HOURS = environment.hours("SMS_QUIET_HOURS", "21-8")  # local time
EMAIL_BACKEND = environment.text("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = environment.text("EMAIL_HOST", "")
EMAIL_PORT = environment.whole("EMAIL_PORT", 465)
EMAIL_HOST_USER = environment.text("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_PASSWORD", "")
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = not EMAIL_USE_SSL
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM", "noreply@localhost")
TELL_WINDOW_SECONDS = environment.whole("TELL_WINDOW_SECONDS", 15)  # others of its kind may join what waits
TELL_PAUSE_SECONDS = 600  # between two of one kind to one person, unless urgent
TELL_LEASE_SECONDS = environment.whole("TELL_LEASE_SECONDS", 60)

# --- whose portal this is ---------------------------------------------------------------------------------------------
DIVISION = environment.text("DIVISION", "440507")
SITE = {
    "name": "龙湖区政务服务网",
    "district": "示例市龙湖区",
    "portal_line": "示例市政务服务统一入口",
    "host": "示例市龙湖区人民政府",
    "undertaker": "示例市龙湖区政务服务和数据管理局",
    "identifier": "0000000000",
    "icp": "粤ICP备00000000号",
    "police": "粤公网安备00000000000000号",
    "phone": "0754-00000000",
    "hours": "工作日 8:30—12:00，14:30—17:30",
    "hotline": "12345",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": environment.text("LOG_LEVEL", "INFO")},
}
