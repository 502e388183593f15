"""Django settings. Nothing here starts a server or has a default secret; see docs/reference/environment.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from celery.schedules import crontab
from csp.constants import NONE, SELF

from portal import environment
from portal.observing import lines

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
if INSIDE_HOST := environment.text("INSIDE_HOST", ""):  # as the machines beside us call us, for /metrics
    ALLOWED_HOSTS.append(INSIDE_HOST)
SECURE_COOKIES = environment.flag("HTTPS")
# Where anybody checks a certificate: printed on papers, which are kept, so never taken from a request.
CHECK_ADDRESS = environment.text(
    "CHECK_ADDRESS", f"{'https' if SECURE_COOKIES else 'http'}://{PUBLIC_HOST}"
).rstrip("/")

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
    "allauth.account",  # which the next two lean on; none of its pages has an address here
    "allauth.mfa",
    "allauth.socialaccount",
    "axes",
    *(["portal.demo"] if DEMO else []),
]
MIDDLEWARE = [
    "portal.observing.requests.Observed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.web.site.maintenance.Maintenance",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.web.unsaved.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.web.middleware.DisplayModes",
    "portal.web.middleware.Storable",
    "portal.web.session.idling.Idling",
    "allauth.account.middleware.AccountMiddleware",
    "portal.web.middleware.EdgeErrors",
    "axes.middleware.AxesMiddleware",
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
SEAL_KEYS_DIR = Path(
    environment.text("SEAL_KEYS_DIR", str(VAR_DIR / "seal-keys"))
)  # keys of seals, each sealed
SEAL_AUTHORITIES_FILE = Path(
    environment.text("SEAL_AUTHORITIES_FILE", str(SEAL_KEYS_DIR / "authorities.pem"))
)  # X.509 of the authorities whose seals are believed
IMPORT_DIR = Path(environment.text("IMPORT_DIR", str(VAR_DIR / "import")))  # large files to import
MAINTENANCE_FILE = environment.text(
    "MAINTENANCE_FILE", str(FILES_DIR.parent / "maintenance")
)  # while it is there: 503
# Of one file: bytes, pages of a PDF, pixels of a picture; pixels of a side as kept; processor seconds to open it.
FILES = {"bytes": 10_000_000, "pages": 20, "pixels": 60_000_000, "longest": 2500, "seconds": 20}
CLAMD_URL = environment.text("CLAMD_URL", "")  # tcp://host:port or unix:///path; empty: no virus scan
REGISTER_BASE_URL = environment.text("REGISTER_BASE_URL", "http://127.0.0.1:9999")

# --- people -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: it counts, and refuses before anything is looked at
    "accounts.signing.identity.PasswordBackend",
    "accounts.signing.identity.CodeBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# How often within how many seconds (accounts/signing/braking.py); behind one address may sit a whole office.
BRAKES = {
    "sign_in_name": (10, 900),
    "sign_in_address": (60, 900),
    "check_address": (60, 60),
    "api": (600, 60),
    "find_person": (20, 3600),
    "present": (40, 600),
    "scan_code": (60, 300),
    "type_code": (10, 600),
    "look_up": (120, 600),
    "stocking_file": (60, 86_400),
}
AXES_HANDLER = "accounts.signing.lockouts.Lockouts"
AXES_CLIENT_IP_CALLABLE = "portal.web.visitors.address_of"
AXES_LOCKOUT_CALLABLE = "portal.web.errors.locked_out"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the wait runs from the first try on
AXES_VERBOSE = False
MFA_ADAPTER = "accounts.signing.sealing.SealingAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # a person has the address, an account has none
# The identity platform of the province (OpenID Connect); without an issuer there is none.
PLATFORM_ISSUER = environment.text("PLATFORM_ISSUER", "")
PLATFORM_CLIENT_ID = environment.text("PLATFORM_CLIENT_ID", "") if PLATFORM_ISSUER else ""
PLATFORM_CLIENT_SECRET = environment.text("PLATFORM_CLIENT_SECRET") if PLATFORM_ISSUER else ""
PLATFORM_CLAIMS_FILE = Path(environment.text("PLATFORM_CLAIMS", str(DATA_DIR / "identity" / "platform.json")))
LOGIN_URL = "public:sign_in"
LOGIN_REDIRECT_URL = "public:home"
LOGOUT_REDIRECT_URL = "public:home"
SESSION_ENGINE = "portal.web.session.store"
# Seconds without use after which a session ends, and how long before that a page asks (WCAG 2.2.1).
SESSION_COOKIE_AGE = environment.whole("SESSION_IDLE_SECONDS", 2 * 3600)
STAFF_IDLE_SECONDS = environment.whole("STAFF_IDLE_SECONDS", 30 * 60)
IDLE_WARNING_SECONDS = environment.whole("IDLE_WARNING_SECONDS", 5 * 60)
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
SECURE_REDIRECT_EXEMPT = [r"^metrics$", r"^healthz/"]  # asked from inside, where nothing is encrypted
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_COOKIES
BEHIND_PROXY = environment.flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_HANDLERS = ["portal.web.uploading.SealedUploadHandler"]  # Django's own would write files in clear
REQUEST_LARGEST = (
    64_000_000  # bytes a file post may have at all; up to here a file too large is refused on its page
)

# --- jobs -------------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "approvals.tasks.decide": {"queue": "instant"},
    "accounts.tasks.deliver": {"queue": "bulk"},
    "records.tasks.scan": {"queue": "bulk"},
    "approvals.tasks.replay": {"queue": "bulk"},
    "certificates.sealing.tasks.verify_new": {"queue": "bulk"},
    "approvals.tasks.back_test": {"queue": "bulk"},
    "certificates.stocking.tasks.take": {"queue": "bulk"},
    "certificates.stocking.tasks.tell": {"queue": "bulk"},
    "certificates.stocking.tasks.reconcile": {"queue": "bulk"},
}
CELERY_IMPORTS = ("certificates.sealing.tasks", "certificates.stocking.tasks")
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
    "forget-documents": {"task": "accounts.tasks.forget_documents", "schedule": 86_400.0},
    "late-supplements": {"task": "approvals.tasks.hand_over_late", "schedule": 3600.0},
    "forget-requests": {"task": "portal.api.tasks.forget_old", "schedule": 86_400.0},
    "turn-editions": {"task": "matters.tasks.turn_editions", "schedule": 60.0},
    "check-clocks": {"task": "approvals.tasks.check_clocks", "schedule": 86_400.0},
    "back-tests": {
        "task": "approvals.tasks.resume_back_tests",
        "schedule": 15.0,
        "options": {"expires": 15.0},
    },
    "imports": {
        "task": "certificates.stocking.tasks.resume",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "forget-imports": {"task": "certificates.stocking.tasks.forget_old", "schedule": 86_400.0},
    "replay": {"task": "approvals.tasks.replay", "schedule": crontab(hour="3", minute="17")},
    "verify-certificates": {
        "task": "certificates.sealing.tasks.verify_new",
        "schedule": crontab(hour="3", minute="47"),
    },
}

# --- deciding ---------------------------------------------------------------------------------------------------------
INSTANT_WAIT_SECONDS = 2.0  # how long a result page waits for the worker before it polls
INSTANT_WAITERS = 8  # request threads of one process that may wait at the same time
DECIDE_LEASE_SECONDS = environment.whole("DECIDE_LEASE_SECONDS", 30)
DECIDE_ATTEMPTS = 3
REGISTER_BUDGET_MS = environment.whole("REGISTER_BUDGET_MS", 2000)  # all registers of one decision together
# --- back-tests: from which shares of past cases on the second person has to say why a draft is published ---
BACKTEST_FLIP_SHARE = environment.share(
    "BACKTEST_FLIP_SHARE", 0.05
)  # other verdict or amount, or cannot be told
SEAL_AUTHORITY = (
    "portal.demo.authority.issue" if DEMO else ""
)  # answers a request for a seal's certificate at once
TRYABLE_PEOPLE = "portal.demo.district.trying.Lives" if DEMO else ""  # made-up people to try a draft with
BACKTEST_LOST_SHARE = environment.share("BACKTEST_LOST_SHARE", 0.01)  # granted before, not any more

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
    "ENUM_NAME_OVERRIDES": {  # choices of different models that stand under one name
        "TypeKind": "certificates.states.TypeKind",
        "EvidenceKind": "approvals.states.EvidenceKind",
    },
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

# --- what operators see -----------------------------------------------------------------------------------------------
METRICS_TOKEN = environment.text("METRICS_TOKEN", "")  # without one there is no /metrics
LOGGING = lines.configuration(
    level=environment.text("LOG_LEVEL", "INFO"),
    plain=environment.text("LOG_FORMAT", "plain" if DEMO else "json") == "plain",
)
