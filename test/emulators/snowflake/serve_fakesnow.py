"""fakesnow for a driver that reads results as JSON only.

Serves fakesnow's own application on a free port of this machine and prints the port. Rows are told
as Snowflake tells them in JSON instead of in Arrow; what fakesnow stumbles over is told as an error
of the statement, since the driver asks again for minutes after an answer with status 500.
"""

import base64
import gzip
import importlib
import json
import socket
import sys
import traceback

import pyarrow as pa
import supplied
import uvicorn

# The package has a function of the same name.
server = importlib.import_module("fakesnow.server")
# Its own conversion for Arrow clients loses hashes beyond 2^63.
server.to_sf = lambda table, rowtype: table

PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def texts(column):
    if pa.types.is_timestamp(column.type) or pa.types.is_time(column.type):
        per_second = PER_SECOND[column.type.unit]
        zone = " 1440" if getattr(column.type, "tz", None) else ""
        counts = column.cast(pa.int64()).to_pylist()
        return [None if n is None else moment(n, per_second) + zone for n in counts]
    if pa.types.is_date(column.type):
        column = column.cast(pa.date32()).cast(pa.int32())
    return [None if value is None else text(value) for value in column.to_pylist()]


def moment(count, per_second):
    seconds, rest = divmod(abs(count), per_second)
    return f"{'-' if count < 0 else ''}{seconds}.{rest * (10**9 // per_second):09d}"


def text(value):
    if isinstance(value, bool):
        return "1" if value else "0"
    return value.hex().upper() if isinstance(value, bytes) else str(value)


def as_json(data):
    if "rowsetBase64" in data:
        batches = base64.b64decode(data.pop("rowsetBase64"))
        columns = pa.ipc.open_stream(batches).read_all().columns if batches else []
        data["rowset"] = list(zip(*map(texts, columns)))
        data["queryResultFormat"] = "json"
    # Without it the driver waits for rows for ever.
    data["returned"] = len(data["rowset"])


def failed(message):
    print(message, file=sys.stderr, flush=True)
    data = {"errorCode": "000002", "sqlState": "0A000"}
    return {"success": False, "code": "000002", "message": message, "data": data}


async def rewritten(scope, receive):
    """The same request with the statement in words fakesnow has."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    headers = dict(scope["headers"])
    if headers.pop(b"content-encoding", b"") == b"gzip":
        body = gzip.decompress(body)
    request = json.loads(body)
    sql = request["sqlText"]
    conn = server.sessions.get(headers.get(b"authorization", b"")[17:-1].decode())
    if conn is not None:
        body = json.dumps({**request, "sqlText": supplied.asked(sql, conn)}).encode()
    scope["headers"] = [(k, v) for k, v in headers.items() if k != b"content-length"]

    async def again():
        return {"type": "http.request", "body": body, "more_body": False}

    return again, conn, sql


async def serve(scope, receive, send):
    if not scope.get("path", "").endswith("/query-request"):
        return await server.app(scope, receive, send)
    status, body = 500, b""
    asked, conn, sql = await rewritten(scope, receive)

    async def hold(message):
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    try:
        await server.app(scope, asked, hold)
        answer = json.loads(body)
    except Exception as error:
        answer = failed(str(error))
        traceback.print_exc()
        status = 200
    if status == 500:
        status, answer = 200, failed(answer["message"])
    data = answer.get("data")
    if isinstance(data, dict) and "queryResultFormat" in data:
        as_json(data)
        supplied.done(sql, conn)
    said = json.dumps(answer).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(said))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": said})


if __name__ == "__main__":
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(serve, log_level="warning")).run(sockets=[listening])
