"""The portal for any WSGI server: ``gunicorn wsgi:app``."""

import os

from portal import create_app
from portal.settings import from_environment
from portal.web.settle import settle

app = create_app(from_environment(os.environ))
settle()
