"""guard-cli seed -- python3 examples/seeds/django/manage.py seed_cities"""

import os
import sys
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings
from django.core.management import execute_from_command_line

url = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    INSTALLED_APPS=["cities"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": url.hostname,
            "PORT": url.port,
            "USER": unquote(url.username),
            "PASSWORD": unquote(url.password),
            "NAME": url.path[1:],
            "OPTIONS": dict(parse_qsl(url.query)),
        }
    },
)
execute_from_command_line(sys.argv)
