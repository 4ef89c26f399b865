"""The WSGI entry point: ``gunicorn --config gunicorn.conf.py wsgi:server``."""

from webapp.lean import import_lightgbm_alone

import_lightgbm_alone()  # before anything else imports it

from webapp.app import SiteDash, create_app, warm_up  # noqa: E402 - see above
from webapp.settings import read_settings  # noqa: E402 - likewise

app = create_app(read_settings())
if isinstance(app, SiteDash):  # else there is no dataset to warm anything of
    warm_up(app)
server = app.server
