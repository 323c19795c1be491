"""Which column becomes which field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ImportRefused
from app.imports.mapping import (
    FieldMapping,
    fitted,
    from_toml,
    guess,
    parse_columns,
    parse_constants,
    to_toml,
)

FIELDS = ("title", "external_id", "kind", "title_*")
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)


def test_columns_and_constants_are_read_from_pairs() -> None:
    assert parse_columns(["title=DENOM", "external_id=osm_type, id"]) == {
        "title": ("DENOM",),
        "external_id": ("osm_type", "id"),
    }
    assert parse_constants(["kind=site"]) == {"kind": "site"}


@pytest.mark.parametrize("pair", ["title", "title=", "=DENOM"])
def test_a_pair_that_is_none_is_refused(pair: str) -> None:
    with pytest.raises(ImportRefused, match=f"^--map {pair}: write it as field=value.$"):
        parse_columns([pair])


def test_a_field_said_twice_is_refused() -> None:
    with pytest.raises(ImportRefused, match=r"^--set kind=house: kind is said twice.$"):
        parse_constants(["kind=site", "kind=house"])


def test_a_column_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ImportRefused) as refused:
        fitted(FieldMapping({"title": ("DENON",)}), ["ID", "DENOM"], FIELDS)
    assert str(refused.value) == "title=DENON: the file has no column DENON; its columns are ID, DENOM."


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ImportRefused, match=r"^There is no field tilte; the fields are title, "):
        fitted(FieldMapping({"tilte": ("DENOM",)}), ["DENOM"], FIELDS)


def test_a_title_in_another_language_is_a_field_and_one_in_no_language_is_not() -> None:
    assert fitted(FieldMapping({"title_en": ("n",)}), ["n"], FIELDS).columns == {"title_en": ("n",)}
    with pytest.raises(ImportRefused, match="There is no field title_4"):
        fitted(FieldMapping({"title_4": ("n",)}), ["n"], FIELDS)


def test_the_star_keeps_what_is_not_mapped() -> None:
    fit = fitted(FieldMapping({"title": ("b",)}, keep=("*",)), ["a", "b", "c"], FIELDS)
    assert fit.keep == ("a", "c")


def test_guesses_ignore_case_and_prefer_the_plainest_name() -> None:
    found = guess(["OSM_ID", "Nome", "Name", "Via"], ["title", "external_id", "address"])
    assert found.columns == {"title": ("Name",), "external_id": ("OSM_ID",)}


def test_the_command_line_goes_over_the_file() -> None:
    file = FieldMapping({"title": ("a",), "kind": ("k",)}, {"status": "ended"}, keep=("x",))
    typed = FieldMapping({"title": ("b",)}, {"kind": "site"})
    both = typed.over(file)
    assert both.columns == {"title": ("b",)}
    assert both.constants == {"status": "ended", "kind": "site"}
    assert both.keep == ("x",)


@given(
    st.dictionaries(words, st.lists(words, min_size=1, max_size=3).map(tuple), max_size=3),
    st.dictionaries(words, words, max_size=3),
    st.dictionaries(words, st.dictionaries(words, words, min_size=1, max_size=3), max_size=2),
    st.lists(words, max_size=3).map(tuple),
)
def test_a_saved_mapping_reads_as_the_same(
    columns: dict[str, tuple[str, ...]],
    constants: dict[str, str],
    values: dict[str, dict[str, str]],
    keep: tuple[str, ...],
) -> None:
    mapping = FieldMapping(columns, constants, values, keep)
    assert from_toml(to_toml(mapping), "saved.toml") == mapping


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "[colums]",
            "The mapping file m.toml has an entry colums; it may have columns, constants, values and keep.",
        ),
        ("columns = 1", "The mapping file m.toml: columns must be a table."),
        ("[columns]\ntitle = 3", "The mapping file m.toml: title must be a column or a list of columns."),
        (
            "[constants]\nkind = [1]",
            "The mapping file m.toml: constants.kind must be a text or a number, not [1].",
        ),
    ],
)
def test_a_mapping_file_that_is_wrong_is_refused(content: str, sentence: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        from_toml(content, "m.toml")
    assert str(refused.value) == sentence


def test_a_mapping_file_that_is_not_toml_is_refused() -> None:
    with pytest.raises(ImportRefused, match=r"^The mapping file m.toml is not TOML: "):
        from_toml("a = = b", "m.toml")
