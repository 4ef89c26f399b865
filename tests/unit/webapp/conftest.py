"""The application on the small dataset, without a browser."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.app import create_app
from webapp.settings import Settings


@pytest.fixture(scope="module")
def server(small_settings: Settings) -> Flask:
    made: Flask = create_app(small_settings).server
    return made


@pytest.fixture
def client(server: Flask) -> FlaskClient:
    return server.test_client()
