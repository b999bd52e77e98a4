"""One fault: in `file`, `text` (found there exactly once) becomes `becomes`; it breaks `promise`, and
one of the `tests` (a filter of Catch2; [#name] is the file name.cpp) of `program` must notice."""
from typing import NamedTuple


class Fault(NamedTuple):
    name: str
    promise: str
    file: str
    text: str
    becomes: str
    program: str
    tests: str
