"""Every sentence that a user reads, in English, Chinese and Japanese, and the formats of the numbers in them.

`say` fills a sentence of the catalogue; `language` decides which language is spoken. How to add a sentence is told in
`simplecell.words.catalogue`.
"""

from simplecell.words.languages import LANGUAGES, language
from simplecell.words.numbers import (
    bytes_text,
    count_text,
    exact_text,
    number_text,
    percent_text,
    seconds_text,
    shape_text,
)
from simplecell.words.sentences import placeholders, say

__all__ = [
    "LANGUAGES",
    "bytes_text",
    "count_text",
    "exact_text",
    "language",
    "number_text",
    "percent_text",
    "placeholders",
    "say",
    "seconds_text",
    "shape_text",
]
