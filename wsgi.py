"""The WSGI entry point: ``gunicorn --config gunicorn.conf.py wsgi:server``."""

from webapp.app import SiteDash, create_app, warm_up
from webapp.settings import read_settings

app = create_app(read_settings())
if isinstance(app, SiteDash):  # else there is no dataset to warm anything of
    warm_up(app)
server = app.server
