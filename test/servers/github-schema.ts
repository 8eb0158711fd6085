import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';

/** GitHub's own description of its API, of which only what a test meets is compiled. */
export interface GithubSchema {
  /** What is wrong with a request; empty where GitHub would read it. */
  requestProblems(request: {
    readonly method: string;
    readonly path: string;
    readonly query: URLSearchParams;
    readonly body: unknown;
  }): readonly string[];
  /** What is wrong with an answer; empty where GitHub could give it. */
  answerProblems(answer: {
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly body: unknown;
  }): readonly string[];
  /** GitHub's example of a component, to begin an answer with. */
  example(name: string): Record<string, unknown>;
}

type Node = { readonly [name: string]: Node | undefined } & { readonly $ref?: string };

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: { readonly type?: string };
}

interface Described {
  readonly paths: Readonly<Record<string, Record<string, Node>>>;
  readonly components: {
    readonly schemas: Record<string, Node>;
    readonly parameters: Record<string, Node>;
    readonly responses: Record<string, Node>;
    readonly examples: Record<string, { readonly value: Record<string, unknown> }>;
  };
}

let known: GithubSchema | undefined;

/** Read once a worker: the description is 13 MB. */
export function githubSchema(): GithubSchema {
  known ??= open();
  return known;
}

function open(): GithubSchema {
  const require = createRequire(import.meta.url);
  const folder = require.resolve('@octokit/openapi/package.json').replace(/package\.json$/, '');
  const described = JSON.parse(
    readFileSync(`${folder}generated/api.github.com.json`, 'utf8'),
  ) as Described;
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const compiled = new Map<unknown, ValidateFunction>();

  function check(schema: unknown, value: unknown): readonly string[] {
    const validate = compiled.get(schema) ?? ajv.compile(withParts(schema, described));
    compiled.set(schema, validate);
    return validate(value)
      ? []
      : (validate.errors ?? []).map(
          ({ instancePath, message }) => `${instancePath} ${message ?? ''}`,
        );
  }

  const inOrder = Object.entries(described.paths)
    .toSorted(([a], [b]) => parameters(a) - parameters(b))
    .map(([path, methods]) => ({ pattern: asPattern(path), methods }));

  function operation(method: string, path: string): Node | undefined {
    const plain = path.split('?')[0] ?? '';
    const found = inOrder.find(({ pattern }) => pattern.test(plain));
    return found?.methods[method.toLowerCase()];
  }

  /** Parameters GitHub does not know are left unread by it: whoever sends them means something that does not happen. */
  function queryProblems(asked: Node, query: URLSearchParams): readonly string[] {
    const parameters = (asked['parameters'] ?? []) as unknown as readonly Node[];
    const known = new Map(
      parameters
        .map(parameterOf)
        .filter((each) => each.in === 'query')
        .map((each) => [each.name, each] as const),
    );
    return [
      ...[...query].flatMap(([name, value]) => {
        const { schema } = known.get(name) ?? {};
        const plain = schema?.type === 'integer' ? Number(value) : value;
        return schema === undefined
          ? [`GitHub knows no parameter ${name}`]
          : check(schema, plain).map((problem) => `parameter ${name} ${problem}`);
      }),
      ...[...known.values()]
        .filter(({ name, required }) => required === true && !query.has(name))
        .map(({ name }) => `no parameter ${name}`),
    ];
  }

  function parameterOf(node: Node): Parameter {
    const named = node.$ref?.split('/').at(-1);
    const found = named === undefined ? node : described.components.parameters[named];
    return found as unknown as Parameter;
  }

  return {
    requestProblems({ method, path, query, body }) {
      const found = operation(method, path);
      if (found === undefined) {
        return [`GitHub knows no ${method} ${path}`];
      }
      const content = found['requestBody']?.['content']?.['application/json']?.['schema'];
      return [
        ...queryProblems(found, query),
        ...(body !== undefined && content !== undefined ? check(content, body) : []),
        ...(body === undefined && isRequired(found['requestBody']) ? [`no body`] : []),
      ];
    },
    answerProblems({ method, path, status, body }) {
      const responses = operation(method, path)?.['responses'];
      const there = responses?.[String(status)];
      if (there === undefined) {
        // Who is not signed in is told so anywhere.
        return status === 401 || status === 404
          ? []
          : [`GitHub does not answer ${method} ${path} with ${status}`];
      }
      const response =
        there.$ref === undefined
          ? there
          : described.components.responses[there.$ref.split('/').at(-1) ?? ''];
      const content = response?.['content']?.['application/json']?.['schema'];
      return content === undefined ? [] : check(content, body);
    },
    example: (name) => structuredClone(described.components.examples[name]?.value ?? {}),
  };
}

function isRequired(body: Node | undefined): boolean {
  return (body as { readonly required?: boolean } | undefined)?.required === true;
}

function asPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
}

function parameters(path: string): number {
  return path.split('{').length;
}

/** A schema as JSON Schema, with the components it refers to, directly or not, and no others. */
function withParts(schema: unknown, described: Described): object {
  const parts: Record<string, unknown> = {};
  const convert = (node: unknown): unknown => {
    if (Array.isArray(node)) {
      return node.map(convert);
    }
    if (typeof node !== 'object' || node === null) {
      return node;
    }
    const { nullable, ...rest } = Object.fromEntries(
      Object.entries(node).map(([name, value]) => [name, convert(value)]),
    );
    const part = '$ref' in node ? String(node.$ref).split('/').at(-1) : undefined;
    if (part !== undefined && !(part in parts)) {
      parts[part] = {};
      parts[part] = convert(described.components.schemas[part]);
    }
    if (nullable !== true) {
      return rest;
    }
    return { anyOf: [rest, { type: 'null' }] };
  };
  const converted = convert(schema) as object;
  return { ...converted, components: { schemas: parts } };
}
