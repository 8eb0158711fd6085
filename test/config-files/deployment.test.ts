import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { parseConfig } from '../../src/config/parse-config.ts';

const ENV = { GOLDSMITH_TOKEN: 'a-token-of-the-test' };

describe('the compose file', () => {
  const folder = 'config/compose';
  const { services, volumes } = z
    .object({
      services: z.record(
        z.string(),
        z.object({
          image: z.string().optional(),
          build: z.object({ context: z.string() }).optional(),
          volumes: z.array(z.string()),
          ports: z.array(z.string()),
          environment: z.record(z.string(), z.string()).default({}),
        }),
      ),
      volumes: z.record(z.string(), z.unknown()),
    })
    .parse(parse(readFileSync(join(folder, 'compose.yaml'), 'utf8')));

  it('runs goldsmith from the Dockerfile, and prometheus and grafana of a fixed version', () => {
    expect(Object.keys(services)).toEqual(['goldsmith', 'prometheus', 'grafana']);
    expect(
      existsSync(join(folder, services['goldsmith']?.build?.context ?? '', 'Dockerfile')),
    ).toBe(true);
    for (const name of ['prometheus', 'grafana']) {
      expect(services[name]?.image).toMatch(/:v?\d+\.\d+\.\d+$/);
    }
  });

  it('mounts only files that are there, and volumes it names', () => {
    const sources = Object.values(services).flatMap((service) =>
      service.volumes.map(
        (volume) => volume.replace(/\$\{[A-Z_]+:-([^}]*)\}/, '$1').split(':')[0] ?? '',
      ),
    );
    const files = sources.filter((source) => source.startsWith('.'));
    // The operator's own two folders.
    const missing = files.filter((source) => !existsSync(join(folder, source)));

    expect(missing.toSorted()).toEqual(['./data', './history']);
    expect(sources.filter((source) => !source.startsWith('.'))).toEqual(Object.keys(volumes));
  });

  it('opens ports on this machine only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports);

    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('gives grafana the dashboard where its provisioning looks, and prometheus under its name', () => {
    const provider = readFileSync('config/grafana/provisioning/dashboards/goldsmith.yaml', 'utf8');
    const source = readFileSync('config/grafana/provisioning/datasources/prometheus.yaml', 'utf8');
    const path = /path: (\S+)/.exec(provider)?.[1] ?? '';

    expect(services['grafana']?.volumes).toContain(
      `../grafana/goldsmith.json:${path}/goldsmith.json:ro`,
    );
    expect(source).toContain('url: http://prometheus:9090');
    expect(readFileSync('config/prometheus/prometheus.yaml', 'utf8')).toContain("'goldsmith:7311'");
  });

  it('starts goldsmith with a right config that prometheus can reach and nobody changes without the token', () => {
    const text = readFileSync(join(folder, 'goldsmith.yaml'), 'utf8');

    const config = parseConfig({ file: 'goldsmith.yaml', text, env: ENV });

    expect(config.http).toEqual({ host: '0.0.0.0', port: 7311, token: ENV.GOLDSMITH_TOKEN });
    expect(config.mode).toBe('observe');
    expect(() => parseConfig({ file: 'goldsmith.yaml', text, env: {} })).toThrow('GOLDSMITH_TOKEN');
  });
});

describe('the kubernetes example', () => {
  const documents = parseAllDocuments(readFileSync('config/kubernetes/sidecar.yaml', 'utf8')).map(
    (document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as Readonly<Record<string, unknown>> & { readonly kind: string };
    },
  );
  const ofKind = (kind: string) => documents.find((one) => one.kind === kind);
  const container = z.object({
    name: z.string(),
    restartPolicy: z.string().optional(),
    volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
    livenessProbe: z.object({ httpGet: z.object({ path: z.string() }) }).optional(),
    readinessProbe: z.object({ httpGet: z.object({ path: z.string() }) }).optional(),
  });
  const { spec } = z
    .object({
      spec: z.object({
        replicas: z.literal(1),
        strategy: z.object({ type: z.literal('Recreate') }),
        template: z.object({
          spec: z.object({
            securityContext: z.object({ runAsNonRoot: z.literal(true) }),
            initContainers: z.array(container),
            containers: z.array(container),
            volumes: z.array(z.object({ name: z.string() })),
          }),
        }),
      }),
    })
    .parse(ofKind('Deployment'));

  it('holds a right config, whose folders are mounted', () => {
    const { data } = z
      .object({ data: z.object({ 'goldsmith.yaml': z.string() }) })
      .parse(ofKind('ConfigMap'));

    const config = parseConfig({
      file: 'goldsmith.yaml',
      text: data['goldsmith.yaml'],
      env: ENV,
    });

    const mounts = spec.template.spec.initContainers[0]?.volumeMounts.map(
      ({ mountPath }) => mountPath,
    );
    expect(mounts).toEqual(['/etc/goldsmith', '/data', '/history', '/tmp']);
    expect([config.warehouse.path, config.state.path, config.caps.killSwitchFile]).toEqual([
      '/data/warehouse.duckdb',
      '/data/goldsmith-state.sqlite',
      '/etc/goldsmith/stop',
    ]);
  });

  it('runs goldsmith as a sidecar that is asked whether it lives and is ready', () => {
    const [sidecar] = spec.template.spec.initContainers;

    expect(sidecar).toMatchObject({
      restartPolicy: 'Always',
      livenessProbe: { httpGet: { path: '/healthz' } },
      readinessProbe: { httpGet: { path: '/readyz' } },
    });
  });

  it('mounts only volumes the pod has', () => {
    const { initContainers, containers, volumes } = spec.template.spec;
    const mounted = [...initContainers, ...containers].flatMap(({ volumeMounts }) =>
      volumeMounts.map(({ name }) => name),
    );

    expect(new Set(mounted)).toEqual(new Set(volumes.map(({ name }) => name)));
  });
});

describe('the Dockerfile', () => {
  const text = readFileSync('Dockerfile', 'utf8').replaceAll('\\\n', ' ');
  const lines = text.split('\n').filter((line) => /^[A-Z]+ /.test(line));
  const of = (verb: string) => lines.filter((line) => line.startsWith(`${verb} `));

  it('builds in one stage and runs in another, as a user without rights, with a health check', () => {
    expect(of('FROM')).toHaveLength(2);
    expect(of('USER')).toEqual(['USER node']);
    expect(of('HEALTHCHECK')[0]).toContain('/healthz');
    expect(lines.indexOf('USER node')).toBeLessThan(
      lines.findIndex((line) => line.startsWith('ENTRYPOINT')),
    );
  });

  it('copies only what is there and what the build context lets through', () => {
    const sources = of('COPY')
      .filter((line) => !line.includes('--from='))
      .flatMap((line) => line.split(/ +/).slice(1, -1));
    const allowed = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));

    expect(sources.filter((source) => !existsSync(source))).toEqual([]);
    expect(sources.filter((source) => !allowed.includes(source))).toEqual([]);
  });
});
