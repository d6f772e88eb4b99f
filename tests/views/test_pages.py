"""The frame of every page: nothing runs that we did not write, nothing is asked for."""

import base64
import hashlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.queries.market import Filters
from rehabgraph.queries.report import Coverage
from rehabgraph.views.pages import (
    clean_text,
    describe_page,
    frame_page,
    make_environment,
    safe_url,
    write_json,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_json_comes_back_and_cannot_end_its_element(value: object) -> None:
    """What is written is what is read, and it holds no sign that HTML would act on."""
    value = clean_text(value)
    text = write_json(value)
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029")


@given(st.text())
def test_only_web_addresses_become_links(text: str) -> None:
    """An address that may stand in a link begins with http or https and has no spaces."""
    url = safe_url(text)
    assert url in ("", text)
    assert not url or re.match(r"https?://\S+$", url, re.IGNORECASE)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", " https://a b", "//x"])
def test_other_addresses_do_not(url: str) -> None:
    """Scripts, data and half addresses stay text."""
    assert safe_url(url) == ""


def test_the_policy_lists_the_hash_of_each_script() -> None:
    """A script runs only because its SHA-256 stands in the policy of the page."""
    info = describe_page("T", "L", Coverage(1, 1), (), filters=Filters())
    frame = frame_page(info, ["let a = 1;\n"])
    digest = base64.b64encode(hashlib.sha256(b"let a = 1;\n").digest()).decode()
    assert f"script-src 'sha256-{digest}'" in frame["policy"]
    assert "default-src 'none'" in frame["policy"]
    assert "unsafe" not in frame["policy"]


def test_a_script_that_would_end_its_element_is_refused() -> None:
    """The frame does not write a script that holds its own closing tag."""
    with pytest.raises(ValueError, match="end its own element"):
        frame_page(describe_page("T", "L", Coverage(1, 1), (), filters=Filters()), ["'</SCRIPT>'"])


def test_a_missing_name_in_a_template_is_an_error() -> None:
    """Templates never print nothing in place of a value, and escape what they print."""
    from jinja2 import UndefinedError

    environment = make_environment()
    with pytest.raises(UndefinedError):
        environment.from_string("{{ missing }}").render()
    assert environment.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
