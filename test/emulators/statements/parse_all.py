"""Reads statements with sqlglot: JSON lines of dialect and sql in, one JSON line each out.

`problem` says why it was not read; a statement that sqlglot only keeps as text counts as not read.
"""

import json
import logging
import sys

import sqlglot
from sqlglot import exp

logging.disable(logging.CRITICAL)

for line in sys.stdin:
    asked = json.loads(line)
    try:
        read = sqlglot.parse(asked["sql"], read=asked["dialect"])
        kept = [each for each in read if each is None or isinstance(each, exp.Command)]
        problem = "kept as text" if kept or len(read) != 1 else None
    except Exception as error:
        problem = str(error)
    print(json.dumps({**asked, "problem": problem}))
