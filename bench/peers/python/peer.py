"""The Python peers, one mode a run: JSON lines in, one JSON answer a line out, in order.

parse        {dialect, sql} -> {ok, because?}      sqlglot; a silent Command fallback is no parse
judge        {sql} -> {ok, because?}               PostgreSQL's own grammar (libpg_query, by pglast)
sqlglot      a lineage case -> {tables, edges, because?}
sqllineage   a lineage case -> {tables, edges, because?}
fingerprint  {dialect, sql}... -> one line {statements, seconds}: parse, drop literals, print, hash, by sqlglot
"""

import hashlib
import json
import logging
import signal
import sys
import time
import warnings

# Of its own cpu, so that a busy machine changes nothing.
SECONDS_A_STATEMENT = 5


class TooSlow(Exception):
    pass


def stop(_signal, _frame):
    raise TooSlow(f"not done after {SECONDS_A_STATEMENT} s of cpu")


def guarded(answer, line):
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_A_STATEMENT)
    try:
        return answer(line)
    except RecursionError:
        return {"ok": False, "because": "recursion limit"}
    except Exception as error:
        return {"ok": False, "because": f"{type(error).__name__}: {str(error)[:200]}"}
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def glot_dialect(name):
    return {"generic": None, "ansi": None, "sparksql": "spark"}.get(name, name)


def parse(line):
    import sqlglot
    from sqlglot import exp

    trees = [t for t in sqlglot.parse(line["sql"], dialect=glot_dialect(line["dialect"])) if t]
    if not trees:
        return {"ok": False, "because": "no statement"}
    if any(isinstance(t, exp.Command) for t in trees):
        return {"ok": False, "because": "read as an opaque command"}
    return {"ok": True}


def judge(line):
    from pglast import parse_sql

    parse_sql(line["sql"])
    return {"ok": True}


def table_name(table):
    return ".".join(part for part in (table.catalog, table.db, table.name) if part)


def sole_table(select):
    """Without a schema sqlglot gives up on a bare column; a select's only table owns it."""
    from sqlglot import exp

    source = select.args.get("from_") or select.args.get("from")
    if source is None or select.args.get("joins"):
        return None
    return source.this if isinstance(source.this, exp.Table) else None


def glot_lineage(line):
    import sqlglot
    from sqlglot import exp
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope, traverse_scope

    dialect = glot_dialect(line["dialect"])
    tree = sqlglot.parse_one(line["sql"], dialect=dialect)
    query = tree if isinstance(tree, exp.Query) else tree.args.get("expression")
    if not isinstance(query, exp.Query):
        return {
            "tables": sorted({table_name(t) for t in tree.find_all(exp.Table)}),
            "edges": [],
            "because": f"no lineage of {type(tree).__name__}",
        }
    schema = {}
    for name, columns in line["schema"].items():
        at = schema
        *path, last = name.split(".")
        for part in path:
            at = at.setdefault(part, {})
        at[last] = columns
    query = query.copy()
    if tree is not query and tree.args.get("with") is not None and query.args.get("with") is None:
        query.set("with", tree.args["with"].copy())
    query = qualify(
        query,
        dialect=dialect,
        schema=schema,
        db=line.get("default_schema"),
        catalog=line.get("default_db"),
        validate_qualify_columns=False,
        identify=False,
        quote_identifiers=False,
    )
    tables = set()
    for scope in traverse_scope(query):
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                tables.add(table_name(source))
    scope = build_scope(query)
    edges = set()
    for name in query.named_selects:
        node = lineage(name, query, schema, scope=scope, dialect=dialect, trim_selects=False)
        for parent in node.walk():
            for leaf in parent.downstream:
                table = leaf.expression
                if isinstance(table, exp.Placeholder):
                    table = sole_table(parent.source)
                if not leaf.downstream and isinstance(table, exp.Table):
                    column = leaf.name.split(".")[-1].strip('"`')
                    edges.add(f"{name} <- {table_name(table)}.{column}")
    targets = []
    if isinstance(tree, exp.Insert) and isinstance(tree.this, exp.Schema):
        targets = [column.name for column in tree.this.expressions]
    if targets:
        position = dict(zip(query.named_selects, targets))
        edges = {
            f"{position.get(e.split(' <- ')[0], e.split(' <- ')[0])} <- {e.split(' <- ')[1]}"
            for e in edges
        }
    return {"tables": sorted(tables), "edges": sorted(edges)}


def sqllineage_lineage(line):
    from sqllineage.core.metadata.dummy import DummyMetaDataProvider
    from sqllineage.runner import LineageRunner

    def plain(name):
        return name.replace("<default>.", "")

    sql = line["sql"].strip()
    first = sql.lstrip("( \n").split(None, 1)[0].lower()
    if first in ("select", "with"):
        sql = f"insert into goldsmith_target {sql}"
    known = {
        (name if "." in name else f"<default>.{name}"): list(columns)
        for name, columns in line["schema"].items()
    }
    dialect = {"generic": "ansi", "spark": "sparksql"}.get(line["dialect"], line["dialect"])
    runner = LineageRunner(
        sql, dialect=dialect, metadata_provider=DummyMetaDataProvider(known), silent_mode=False
    )
    edges = set()
    for path in runner.get_column_lineage():
        source, target = str(path[0]), str(path[-1])
        if source.count(".") > 0:
            edges.add(f"{target.split('.')[-1]} <- {plain(source)}")
    return {"tables": sorted(plain(str(t)) for t in runner.source_tables), "edges": sorted(edges)}


def fingerprint(lines):
    import sqlglot
    from sqlglot import exp

    def anonymous(node):
        return exp.Placeholder() if isinstance(node, exp.Literal) else node

    started = time.process_time()
    done = 0
    for line in lines:
        dialect = glot_dialect(line["dialect"])
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_A_STATEMENT)
        try:
            tree = sqlglot.parse_one(line["sql"], dialect=dialect)
            text = tree.transform(anonymous).sql(dialect=dialect, comments=False)
            hashlib.sha1(text.encode()).hexdigest()
        except Exception:  # what it cannot read still took its time
            pass
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        done += 1
    return {"statements": done, "seconds": time.process_time() - started}


def load(mode):
    """Loads the libraries before the clock of the first statement runs: half an import would stay half."""
    if mode == "judge":
        import pglast  # noqa: F401
    elif mode == "sqllineage":
        import sqlfluff  # noqa: F401

        sqllineage_lineage({"sql": "select a from t", "dialect": "ansi", "schema": {}})
    else:
        import sqlglot.lineage  # noqa: F401


ANSWERS = {
    "parse": parse,
    "judge": judge,
    "sqlglot": glot_lineage,
    "sqllineage": sqllineage_lineage,
}


def main():
    mode = sys.argv[1]
    signal.signal(signal.SIGVTALRM, stop)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    load(mode)
    lines = (json.loads(line) for line in sys.stdin if line.strip())
    if mode == "fingerprint":
        print(json.dumps(fingerprint(list(lines))), flush=True)
        return
    for line in lines:
        print(json.dumps(guarded(ANSWERS[mode], line)), flush=True)


main()
