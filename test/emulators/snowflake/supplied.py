"""What fakesnow does not have and every statement of Goldsmith's loop stands on.

Supplied here, and so proved of nobody: views among the tables of the information schema, when a table
was altered, the text of a view as it was typed, comments on columns, privileges, functions, keys and what table functions of the information schema
tell (none of them), the last change of a table, and hashes of whole rows.
"""

import re
from string import Template

from fakesnow import info_schema

OWN = "_fs_global._fs_information_schema"

info_schema.SQL_CREATE_GLOBAL_FS_INFORMATION_SCHEMA += f""";
create table if not exists {OWN}._typed (catalog varchar, named varchar, typed varchar, primary key (catalog, named))
"""

info_schema.SQL_CREATE_INFORMATION_SCHEMA_TABLES_VIEW = Template(
    info_schema.SQL_CREATE_INFORMATION_SCHEMA_TABLES_VIEW.template.replace(
        'to_timestamp(0)::timestamptz AS "LAST_ALTERED"',
        'to_timestamp(hash(tables.sql) % 1000000000)::timestamptz AS "LAST_ALTERED"',
    )
    + """
union all by name
select database_name as "TABLE_CATALOG", schema_name as "TABLE_SCHEMA", view_name as "TABLE_NAME",
  'SYSADMIN' as "TABLE_OWNER", 'VIEW' as "TABLE_TYPE", 'NO' as "IS_TRANSIENT", ext.comment as "COMMENT",
  to_timestamp(0)::timestamptz as "CREATED", to_timestamp(0)::timestamptz as "LAST_DDL"
from duckdb_views left join _fs_global._fs_information_schema._fs_tables_ext as ext
  on ext_table_catalog = database_name and ext_table_schema = schema_name and ext_table_name = view_name
where database_name = '${catalog}' and schema_name <> '_fs_information_schema' and not internal
"""
)

info_schema.SQL_CREATE_INFORMATION_SCHEMA_VIEWS_VIEW = Template(
    info_schema.SQL_CREATE_INFORMATION_SCHEMA_VIEWS_VIEW.template.replace(
        "sql as VIEW_DEFINITION",
        f"""coalesce((select typed from {OWN}._typed where catalog = database_name
  and named = schema_name || '.' || view_name), sql) as VIEW_DEFINITION""",
    )
    + """;
create view if not exists ${catalog}._fs_information_schema.object_privileges as
select ''::varchar as grantee, ''::varchar as granted_to, ''::varchar as object_catalog,
  ''::varchar as object_schema, ''::varchar as object_name, ''::varchar as object_type,
  ''::varchar as privilege_type, ''::varchar as is_grantable where 1 = 0;
create view if not exists ${catalog}._fs_information_schema.functions as
select ''::varchar as function_name where 1 = 0
"""
)

NAME = r'((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))*)'
VIEW = re.compile(rf"\s*create\s+(?:or\s+replace\s+)?(?:secure\s+)?view\s+{NAME}", re.I)
WRITES = re.compile(
    rf"\s*(?:insert\s+into|update|delete\s+from|merge\s+into|truncate(?:\s+table)?|"
    rf"create\s+(?:or\s+replace\s+)?(?:transient\s+)?table)\s+{NAME}",
    re.I,
)
DDL = re.compile(r"get_ddl\('VIEW', '((?:[^']|'')*)'\)", re.I)
LAST_CHANGE = re.compile(r"system\$last_change_commit_time\('((?:[^']|'')*)'\)", re.I)
KEYS = re.compile(r"\s*show\s+(?:primary|unique|imported)\s+keys\b", re.I)

TEXT = r"('(?:[^']|'')*')"
COLUMN_COMMENT = re.compile(rf"\s*comment\s+on\s+column\s+{NAME}\s+is\s+{TEXT}", re.I)
LISTED_COMMENT = re.compile(rf"(\"[^\"]+\")\s+comment\s+{TEXT}", re.I)

# What is asked of each, as documented; texts where no type is said.
TOLD_BY = {
    "policy_references": "policy_kind ref_column_name tag_name",
    "tag_references": "tag_name level column_name",
    "tag_references_all_columns": "tag_name level column_name",
    "dynamic_tables": "name schema_name scheduling_state:object last_completed_refresh_state",
    "query_history_by_user": "query_id query_text database_name query_tag execution_status",
}
FUNCTION = re.compile(r"\btable\(information_schema\.(\w+)\((?:[^()']|'(?:[^']|'')*')*\)\)", re.I)

changes = {}


def stored(name, conn):
    """As the catalog has it: the schema and the name."""
    parts = re.findall(r'"[^"]+"|[\w$]+', name)
    cased = [part[1:-1] if part.startswith('"') else part.upper() for part in parts]
    return ".".join([conn.schema or "PUBLIC", *cased][-2:])


def run(conn, sql, values=None):
    return conn.cursor()._duck_conn.execute(sql, values)  # noqa: SLF001


def comment_on_column(conn, relation, column, text):
    quoted = ".".join(f'"{part}"' for part in [conn.database, *relation.split("."), column])
    run(conn, f"comment on column {quoted} is {text}")


def ddl_of(view, conn):
    """The text of a view as it was typed, as a literal."""
    relation = stored(view[1].replace("''", "'"), conn)
    of = f"select typed from {OWN}._typed where catalog = ? and named = ?"
    found = run(conn, of, [conn.database, relation]).fetchone()
    return "'" + (found[0] if found else "").replace("\\", "\\\\").replace("'", "''") + "'"


def told_by(function):
    """Nothing, in the columns of what the function tells."""
    typed = [column.partition(":") for column in TOLD_BY[function[1].lower()].split()]
    columns = [f"null::{kind or 'varchar'} as {name}" for name, _, kind in typed]
    return f"(select {', '.join(columns)} where 1 = 0)"


def asked(sql, conn):
    """The statement in words fakesnow has."""
    if KEYS.match(sql):
        return "select 1 as none where 1 = 0"
    commented = COLUMN_COMMENT.match(sql)
    if commented:
        *of, column = re.findall(r'"[^"]+"|[\w$]+', commented[1])
        relation = stored(".".join(of), conn)
        comment_on_column(conn, relation, stored(column, conn).split(".")[1], commented[2])
        return "select 'Statement executed successfully.' as status"
    moved = LAST_CHANGE.search(sql)
    if moved:
        table = moved[1].replace("''", "'")
        return f"select '{changes.get((conn.database, stored(table, conn)), 0)}'"
    sql = re.sub(r"\bhash\((\w+)\.\*\)", r"hash(\1)", sql)
    sql = FUNCTION.sub(told_by, sql)
    sql = DDL.sub(lambda view: ddl_of(view, conn), sql)
    sql = re.sub(r"\bcurrent_account\(\)", "'TEST'", sql, flags=re.I)
    # There are no dynamic tables.
    sql = re.sub(r"\bis_dynamic\b", "'NO'", sql)
    return re.sub(
        r"\binformation_schema\.(object_privileges|functions)\b",
        r"_fs_information_schema.\1",
        sql,
    )


def done(sql, conn):
    """What the next statement is to see of one that was carried out."""
    written = WRITES.match(sql)
    if written:
        key = (conn.database, stored(written[1], conn))
        changes[key] = changes.get(key, 0) + 1
    view = VIEW.match(sql)
    if view:
        relation = stored(view[1], conn)
        run(conn, f"insert or replace into {OWN}._typed values (?, ?, ?)", [conn.database, relation, sql])
        plain = re.sub(r"/\*.*?\*/", " ", sql[view.end() :])
        head = re.split(r"\bas\b\s", plain, maxsplit=1, flags=re.I)[0]
        for column, text in LISTED_COMMENT.findall(head):
            comment_on_column(conn, relation, column[1:-1], text)
