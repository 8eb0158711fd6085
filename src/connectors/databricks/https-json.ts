import { type Agent, request } from 'node:https';

export interface HttpsRequest {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Certificates to trust; absent: the usual ones. */
  readonly ca?: readonly string[] | undefined;
  readonly timeoutMs: number;
  /** How the host is reached. Absent: straight away. */
  readonly agent?: Agent | undefined;
}

export interface HttpsAnswer {
  readonly status: number;
  /** Parsed; `undefined` where it is not JSON. */
  readonly body: unknown;
}

/** No answer of ours is longer: pages of a hundred statements. */
const MOST_BYTES = 64 * 1024 * 1024;

/** One request over HTTPS, its answer as JSON. Rejects with Node's own error where the host cannot be reached. */
export function httpsJson(asked: HttpsRequest): Promise<HttpsAnswer> {
  const { host, port, path, method, body = '', ca, timeoutMs, agent } = asked;
  return new Promise((resolve, reject) => {
    const headers = { ...asked.headers, 'content-length': Buffer.byteLength(body) };
    const sent = request(
      { host, port, path, method, headers, agent, ...(ca === undefined ? {} : { ca: [...ca] }) },
      (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          parts.push(part);
          if (bytes > MOST_BYTES) {
            sent.destroy(new Error(`the answer of ${path} is longer than ${MOST_BYTES} bytes`));
          }
        });
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(parts)) });
        });
      },
    );
    sent.setTimeout(timeoutMs, () => {
      sent.destroy(Object.assign(new Error(`no answer of ${path}`), { code: 'ETIMEDOUT' }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
