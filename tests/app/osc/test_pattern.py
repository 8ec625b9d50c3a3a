"""Address patterns of OSC 1.0."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.osc.pattern import LONGEST, is_pattern, matches


@pytest.mark.parametrize(
    ("pattern", "address", "expected"),
    [
        ("/a/b", "/a/b", True), ("/a/b", "/a/c", False),
        ("/a/?", "/a/b", True), ("/a/?", "/a/", False), ("/a/?", "/a/bc", False), ("/a?b", "/a/b", False),
        ("/*", "/a", True), ("/*", "/a/b", False), ("/*/*", "/a/b", True), ("/a*c", "/abbc", True),
        ("/a*c", "/ac", True), ("/a*c", "/abcd", False), ("/a*a", "/a", False),
        ("/a*b*c", "/axbxbxc", True), ("/**", "/", True),
        ("/[abc]", "/b", True), ("/[abc]", "/d", False), ("/[a-c]", "/b", True), ("/[a-c]", "/-", False),
        ("/[!a-c]", "/b", False), ("/[!a-c]", "/d", True), ("/[a-]", "/-", True), ("/[a!]", "/!", True),
        ("/[-a]", "/-", True), ("/[a-cx-z]1", "/y1", True), ("/[]", "/a", False), ("/[!]", "/a", True),
        ("/{a,bc}", "/bc", True), ("/{a,bc}", "/b", False), ("/{a,ab}c", "/abc", True),
        ("/{,a}b", "/b", True),
        ("/x{a,b}*", "/xbcd", True), ("/{ab,a}{b,c}", "/ab", True),
        ("/[a", "/a", False), ("/{a", "/a", False), ("/a]", "/a]", False), ("/a}", "/a}", False),
        ("/a{b/c}", "/ab/c", False), ("/" + "*" * LONGEST, "/a", False),
    ],
)  # fmt: skip
def test_what_a_pattern_means(pattern: str, address: str, expected: bool) -> None:
    assert matches(pattern, address) is expected


part = st.one_of(
    st.sampled_from(["?", "*", "a", "b", "ab", "/"]),
    st.sampled_from(["[ab]", "[!a]", "[a-b]", "{a,b}", "{ab,b,}"]),
)
REGEX = {"?": "[^/]", "*": "[^/]*", "[ab]": "[ab]", "[!a]": "[^a/]", "[a-b]": "[a-b]", "{a,b}": "(a|b)",
         "{ab,b,}": "(ab|b|)"}  # fmt: skip


@given(st.lists(part, max_size=8), st.text("ab/", max_size=8))
def test_it_means_what_the_same_regular_expression_does(parts: list[str], address: str) -> None:
    expected = re.fullmatch("".join(REGEX.get(each, each) for each in parts), address) is not None
    assert matches("".join(parts), address) is expected


@given(st.text("/a?*[]{},-!", max_size=2 * LONGEST), st.text("/a", max_size=40))
def test_nothing_raises(pattern: str, address: str) -> None:
    assert matches(pattern, address) in (True, False)


def test_what_is_a_pattern() -> None:
    assert is_pattern("/a/*") and not is_pattern("/ghostjam/touch")
