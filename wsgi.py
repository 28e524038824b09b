"""The portal for any WSGI server: ``gunicorn wsgi:app``."""

import os

from portal import create_app
from portal.settings import from_environment

app = create_app(from_environment(os.environ))
