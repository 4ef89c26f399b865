"""Addresses of style sheets and scripts."""

import re
from pathlib import Path

import brotli

from tests.support.small_dataset import settings_for
from webapp.app import create_app
from webapp.static import (
    FOREVER,
    PLOTLY_SCRIPT,
    asset_digests,
    bootstrap_styles,
    plotly_script,
    with_digests,
)


def test_an_address_changes_with_the_content_and_only_with_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.js").write_text("1")
    (tmp_path / "deep" / "b.css").write_text("2")
    before = asset_digests(tmp_path, others={"/theme.css": b"3"})
    assert before.keys() == {"/assets/a.js", "/assets/deep/b.css", "/theme.css"}
    (tmp_path / "a.js").touch()
    assert asset_digests(tmp_path, others={"/theme.css": b"3"}) == before
    (tmp_path / "a.js").write_text("1 ")
    after = asset_digests(tmp_path, others={"/theme.css": b"3"})
    assert [address for address in before if before[address] != after[address]] == ["/assets/a.js"]


def test_only_known_addresses_of_ours_are_changed() -> None:
    html = '<link href="/theme.css"><script src="/assets/a.js?m=17.5"></script>"/assets/no.js" "/x"'
    assert with_digests(html, digests={"/theme.css": "aa", "/assets/a.js": "bb"}) == (
        '<link href="/theme.css?v=aa"><script src="/assets/a.js?v=bb"></script>"/assets/no.js" "/x"'
    )


def test_every_file_of_a_page_may_be_kept_for_a_year(small_folder: Path, tmp_path: Path) -> None:
    client = create_app(settings_for(small_folder, cache=tmp_path)).server.test_client()
    page = client.get("/").get_data(as_text=True)
    addresses = re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css|svg)[^"]*)"', page)
    assert len(addresses) > 10
    for address in addresses:
        kept = client.get(address, buffered=True).headers["Cache-Control"]
        assert "max-age=31536000" in kept, address
    ours = next(address for address in addresses if address.startswith("/assets/"))
    path = ours.split("?")[0]
    assert client.get(ours, buffered=True).headers["Cache-Control"] == FOREVER
    assert client.get(f"{path}?v=0", buffered=True).headers["Cache-Control"] == "no-cache"


def test_what_is_kept_is_compressed_to_the_same_content(small_folder: Path, tmp_path: Path) -> None:
    client = create_app(settings_for(small_folder, cache=tmp_path)).server.test_client()
    page = client.get("/").get_data(as_text=True)
    address = next(a for a in re.findall(r'src="([^"]+)"', page) if "/charts.js" in a)
    plain = client.get(address, buffered=True)
    for _ in range(2):  # once compressed, once from memory
        packed = client.get(address, headers={"Accept-Encoding": "gzip, br"}, buffered=True)
        assert packed.headers["Content-Encoding"] == "br"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert brotli.decompress(packed.get_data()) == plain.get_data()
    other = client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert other.headers.get("Content-Encoding") != "br"
    dynamic = client.get("/data/map.json", headers={"Accept-Encoding": "br"}, buffered=True)
    assert "max-age" not in dynamic.headers.get("Cache-Control", "")


def test_the_page_asks_for_plotly_by_its_hash(small_folder: Path, tmp_path: Path) -> None:
    client = create_app(settings_for(small_folder, cache=tmp_path)).server.test_client()
    page = client.get("/").get_data(as_text=True)
    (address,) = re.findall(r'as="script" href="([^"]+)" data-plotly', page)
    assert address.startswith(f"{PLOTLY_SCRIPT}?v=")
    answer = client.get(address, buffered=True)
    assert answer.headers["Cache-Control"] == FOREVER
    assert answer.get_data() == plotly_script()


def test_bootstrap_s_styles_stand_in_a_layer_and_lead_nowhere() -> None:
    styles = bootstrap_styles()
    assert styles.startswith("@layer bootstrap{")
    assert styles.endswith("}\n")
    assert styles.count("{") == styles.count("}")
    assert ".row{" in styles
    for foreign in ("@charset", "@import", "sourceMappingURL", "url(http", "url(//"):
        assert foreign not in styles
