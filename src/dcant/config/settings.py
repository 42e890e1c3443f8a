"""Settings, from the environment, with safe defaults. docs/running.md lists every variable."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from dcant.config import environment
from dcant.config.logs import logging_settings

LOGGING = logging_settings()
PACKAGE = Path(__file__).resolve().parent.parent
DATA = environment.data_folder()
DEMO = environment.switch("DCANT_DEMO")
HTTPS = environment.switch("DCANT_HTTPS")
LOG_NAME = environment.log_name()
WITNESSES = environment.witnesses(DATA)
TABLE_CHECK_BYTES = environment.table_check_bytes()
SECRET_KEY = environment.secret_key(DATA)
DEBUG = environment.switch("DCANT_DEBUG")
ALLOWED_HOSTS = [host for host in os.environ.get("DCANT_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("DCANT_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "dcant.record",
    "dcant.harvest",
    "dcant.territories",
    "dcant.accounts",
    "dcant.standards",
    "dcant.catalogue",
    "dcant.adoption",
    "dcant.governance",
    "dcant.web",
    "dcant.cli",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "dcant.config.urls"
WSGI_APPLICATION = "dcant.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "dcant.web.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "dcant.web.templatetags.dcant"],
        },
    }
]
DATABASES = {"default": environment.database(DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Person"

globals().update(environment.mail(DATA, demo=DEMO))
MAIL = not str(globals()["EMAIL_BACKEND"]).endswith("dummy.EmailBackend")
DEFAULT_FROM_EMAIL = os.environ.get("DCANT_MAIL_FROM", "dcant@localhost")
SITE_URL = environment.site_url()

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = environment.switch("DCANT_DEBUG")
# A territory overrides tokens and name in one folder of its own: theme.css and theme.toml.
THEME_FOLDER = Path(os.environ["DCANT_THEME"]).resolve() if os.environ.get("DCANT_THEME") else None
STATICFILES_DIRS = [("theme", THEME_FOLDER)] if THEME_FOLDER else []

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "dcant.web.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
