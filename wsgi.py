"""The WSGI entry point: ``gunicorn --config gunicorn.conf.py wsgi:server``."""

from webapp.app import create_app
from webapp.settings import read_settings

server = create_app(read_settings()).server
