"""Columns beyond the fields: safe names, and each row's canonical JSON object."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from banso.pipeline.collect.mapping import MappingError

# A number whose text is the one way to write it: 007, 1.10 and 12345678901234567 stay text.
NUMBER = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{0,14}[1-9])?$"
TRUTH = r"^(true|false)$"
ODD = r"[\x00-\x1f]"


def safe_names(columns: Sequence[str]) -> dict[str, str]:
    """column -> its name as a property or attribute, usable in expressions.

    NFKC; whatever is no letter, digit or `_` becomes `_`. Raises MappingError where two columns
    would get the same name.
    """
    names: dict[str, str] = {}
    owner: dict[str, str] = {}
    for column in columns:
        name = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", column)).strip("_")
        name = name or "column"
        if name[0].isdigit():
            name = f"_{name}"
        if name in owner:
            raise MappingError(
                f"The columns '{owner[name]}' and '{column}' would both be called '{name}'. "
                "Rename one of them, or leave one out with --ignore."
            )
        owner[name] = column
        names[column] = name
    return names


def json_objects(table: pa.Table, names: Mapping[str, str]) -> pa.StringArray:
    """Each row's properties as canonical JSON (sorted keys, no spaces); null where all are empty.

    table: columns of text. A text that is the plain form of a number becomes a number, `true`
    and `false` become truth values, all else is text: the same table gives the same properties
    from every file format.
    """
    pieces = []
    for column in sorted(names, key=names.__getitem__):
        if column in table.column_names:
            cells = table.column(column).combine_chunks()
            key = json.dumps(names[column], ensure_ascii=False) + ":"
            values = cells.dictionary_encode()
            texts = pc.binary_join_element_wise(key, _json(values.dictionary), "")
            pieces.append(texts.take(values.indices))
    if not pieces:
        return pa.nulls(table.num_rows, pa.string())
    # pyarrow 26 drops rows in which all elements are null, so the brace goes first
    joined = pc.binary_join_element_wise("{", *pieces, ",", null_handling="skip")
    full = pc.binary_join_element_wise("{", pc.utf8_slice_codeunits(joined, 2), "}", "")
    return pc.if_else(pc.equal(joined, "{"), pa.scalar(None, pa.string()), full)


def _json(cells: pa.StringArray) -> pa.StringArray:
    plain = pc.or_(pc.match_substring_regex(cells, NUMBER), pc.match_substring_regex(cells, TRUTH))
    quoted = pc.replace_substring(pc.replace_substring(cells, "\\", "\\\\"), '"', '\\"')
    quoted = pc.binary_join_element_wise('"', quoted, '"', "")
    odd = pc.match_substring_regex(cells, ODD)
    if pc.any(odd).as_py():
        texts = [
            json.dumps(text, ensure_ascii=False) if text is not None else None
            for text in cells.to_pylist()
        ]
        quoted = pc.if_else(odd, pa.array(texts, pa.string()), quoted)
    return pc.if_else(plain, cells, quoted)
