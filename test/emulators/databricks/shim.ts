import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../../servers/self-signed.ts';

export interface Shim {
  readonly host: string;
  readonly port: number;
  readonly cert: string;
  stop(): Promise<void>;
}

/** The driver's own number of its protocol, as a field of OpenSession, and that of Hive's tenth. */
const DATABRICKS_PROTOCOL = Buffer.from('080001fffffff9', 'hex');
const HIVE_PROTOCOL = Buffer.from('08000100000009', 'hex');
/** The field of a result's description that says its rows come in columns; Spark leaves it out. */
const COLUMN_BASED = Buffer.from('08050100000001', 'hex');

/**
 * Between Databricks' driver and the Thrift server of Apache Spark, on the level of bytes: TLS, the number of the protocol, the
 * one field without which the driver reads no result, the places of columns, and decimals told as texts. Everything else passes as it is.
 */
export async function startShim(sparkPort: number): Promise<Shim> {
  const { key, cert } = selfSigned();
  const server = createServer({ key, cert }, (request, response) => {
    void answer(request, response, sparkPort).catch((error: unknown) => {
      response.writeHead(502).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: 'localhost',
    port,
    cert,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  sparkPort: number,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) {
    parts.push(part as Buffer);
  }
  const body = Buffer.concat(parts);
  if (request.headers['content-type'] !== 'application/x-thrift') {
    response.writeHead(404).end('{}');
    return;
  }
  const method = calledMethod(body);
  const reply = await fetch(`http://127.0.0.1:${sparkPort}/cliservice`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-thrift',
      authorization: `Basic ${Buffer.from('goldsmith:any').toString('base64')}`,
    },
    body: method === 'OpenSession' ? asHive(body) : body,
  });
  const told = Buffer.from(await reply.arrayBuffer());
  const isDescribed = method === 'GetResultSetMetadata' && reply.ok;
  const said = isDescribed ? withFormat(withPlaces(withTexts(told))) : told;
  response
    .writeHead(reply.status, {
      'content-type': 'application/x-thrift',
      'content-length': said.length,
    })
    .end(said);
}

/** Thrift's strict binary protocol: a length at byte 4, the name behind it. */
function calledMethod(body: Buffer): string {
  return body.length < 8 ? '' : body.subarray(8, 8 + body.readInt32BE(4)).toString();
}

function asHive(body: Buffer): Buffer {
  const at = body.indexOf(DATABRICKS_PROTOCOL);
  return at < 0
    ? body
    : Buffer.concat([
        body.subarray(0, at),
        HIVE_PROTOCOL,
        body.subarray(at + HIVE_PROTOCOL.length),
      ]);
}

/** Before the two bytes that end the answer and its message. */
function withFormat(body: Buffer): Buffer {
  return Buffer.concat([body.subarray(0, -2), COLUMN_BASED, body.subarray(-2)]);
}

/** A column's type is a decimal, and its precision and scale follow. */
const DECIMAL = Buffer.from('0800010000000f0c0002', 'hex');
const TEXT = 7;

/** Decimals come as texts, of which the driver would make floating-point numbers: their columns are said to hold texts. */
function withTexts(body: Buffer): Buffer {
  const told = Buffer.from(body);
  for (let at = told.indexOf(DECIMAL); at >= 0; at = told.indexOf(DECIMAL, at + 1)) {
    told.writeInt32BE(TEXT, at + 3);
  }
  return told;
}

/** Spark counts a result's columns from 0, the driver takes them to be counted from 1. */
function withPlaces(body: Buffer): Buffer {
  const counted = Buffer.from(body);
  for (let place = 0, from = 0; ; place += 1) {
    const at = counted.indexOf(placed(place), from);
    if (at < 0) {
      return counted;
    }
    placed(place + 1).copy(counted, at);
    from = at + 1;
  }
}

/** A column's third field, and the head of its fourth. */
function placed(place: number): Buffer {
  const bytes = Buffer.from('080003000000000b0004', 'hex');
  bytes.writeInt32BE(place, 3);
  return bytes;
}
