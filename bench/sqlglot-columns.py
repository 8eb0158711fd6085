"""Columns of base tables a statement uses, after sqlglot's qualify and scopes: the oracle of column-use.ts.

A column is used when the text names it, or when it is taken through a star that something reads. Reads
{"id", "dialect", "sql", "schema": {table: {column: type}}} lines, answers {"id", "columns"} or {"id", "error"}.
"""

import json
import sys

from sqlglot import exp, parse_one
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope


def parsed(case):
    tree = parse_one(case["sql"], dialect=case["dialect"])
    # EXISTS (SELECT * ...) asks for rows, not for columns.
    for exists in tree.find_all(exp.Exists):
        select = exists.this
        if isinstance(select, exp.Select) and select.is_star:
            select.set("expressions", [exp.Literal.number(1)])
    return tree


def qualified(case, **options):
    return qualify(
        parsed(case),
        schema=case["schema"],
        dialect=case["dialect"],
        validate_qualify_columns=False,
        **options,
    )


def base_columns(tree):
    found = set()
    for scope in traverse_scope(tree):
        for column in scope.columns:
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table) and isinstance(column.this, exp.Identifier):
                found.add(f"{source.name}.{column.name}".lower())
    return found


def columns_of(case):
    taken = base_columns(pushdown_projections(qualified(case)))
    try:
        return taken | base_columns(qualified(case, expand_stars=False))
    except Exception:
        # An ordinal over a star needs it expanded; what is named is read in these statements too.
        return taken


for line in sys.stdin:
    case = json.loads(line)
    try:
        answer = {"id": case["id"], "columns": sorted(columns_of(case))}
    except Exception as error:
        answer = {"id": case["id"], "error": f"{type(error).__name__}: {error}".splitlines()[0][:200]}
    print(json.dumps(answer), flush=True)
