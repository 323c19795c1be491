"""The words of a search: accents are folded, Italian and English are stemmed."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# unaccent() is only STABLE because its dictionary could be exchanged; naming the dictionary fixes the
# result, so that `folded` may stand in an index.
FUNCTIONS = """
CREATE FUNCTION folded(words text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower(public.unaccent('public.unaccent'::regdictionary, words));

CREATE TEXT SEARCH CONFIGURATION cortile_it (COPY = pg_catalog.italian);
ALTER TEXT SEARCH CONFIGURATION cortile_it
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, italian_stem;

CREATE TEXT SEARCH CONFIGURATION cortile_en (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION cortile_en
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, english_stem;

CREATE FUNCTION document(language text, words text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_tsvector(
        CASE language WHEN 'en' THEN 'public.cortile_en'::regconfig ELSE 'public.cortile_it'::regconfig END,
        coalesce(words, '')
    );

CREATE FUNCTION place_document(language text, title text, summary text, address text, translations jsonb)
    RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN public.document(language, concat_ws(' ', title, summary, address))
        || CASE WHEN translations IS NULL THEN ''::tsvector
           ELSE to_tsvector('public.cortile_it'::regconfig, coalesce(translations -> 'it', 'null'))
             || to_tsvector('public.cortile_en'::regconfig, coalesce(translations -> 'en', 'null'))
           END;
"""


def upgrade() -> None:
    op.execute(FUNCTIONS)


def downgrade() -> None:
    op.execute("DROP FUNCTION place_document(text, text, text, text, jsonb)")
    op.execute("DROP FUNCTION document(text, text)")
    op.execute("DROP TEXT SEARCH CONFIGURATION cortile_en")
    op.execute("DROP TEXT SEARCH CONFIGURATION cortile_it")
    op.execute("DROP FUNCTION folded(text)")
