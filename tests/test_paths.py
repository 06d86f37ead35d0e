"""Names become file names in one place only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blockml.paths import home, slug


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("LeNet 5", "lenet-5"),
        ("나의 첫 신경망", "나의-첫-신경망"),
        ("../../etc/passwd", "etc-passwd"),
        ("", "model"),
        ("...", "model"),
        ("CON", "model-con"),
        ("a/b\\c:d", "a-b-c-d"),
        (".hidden", "hidden"),
        ("-rf", "rf"),
    ],
)
def test_names_become_plain_file_names(name, expected):
    assert slug(name) == expected


@given(st.text(max_size=300))
def test_no_name_leaves_its_folder(name):
    found = slug(name)
    assert found
    assert len(found) <= 70
    assert len(found.encode()) <= 190
    assert not set(found) & set('/\\:*?"<>|.\0\n')


def test_home_is_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv("BLOCKML_HOME", str(tmp_path))
    assert home() == tmp_path
    monkeypatch.delenv("BLOCKML_HOME")
    monkeypatch.setenv("JUPYTER_SERVER_ROOT", str(tmp_path))
    assert home() == tmp_path / "blockml"
