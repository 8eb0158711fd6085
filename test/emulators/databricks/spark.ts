import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { freePort } from '../free-port.ts';
import { CACHE, pythonWith } from '../installed.ts';
import { started } from '../started.ts';
import { startShim } from './shim.ts';

const run = promisify(execFile);

/** Delta and Iceberg for that Spark; Spark itself comes with pyspark. Needs a JDK 17 and Maven. */
const PACKAGES = ['pyspark==4.0.5'];
const JARS = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>goldsmith</groupId><artifactId>emulators</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>io.delta</groupId><artifactId>delta-spark_4.0_2.13</artifactId><version>4.3.1</version></dependency>
    <dependency><groupId>org.apache.iceberg</groupId><artifactId>iceberg-spark-runtime-4.0_2.13</artifactId><version>1.10.0</version></dependency>
  </dependencies>
</project>`;

export interface Spark {
  /** A reader and a writer over the shim; Spark asks nobody who they are. */
  open(): Promise<Connector>;
  stop(): Promise<void>;
}

/** Apache Spark's Thrift server over HTTP with Delta, and an Iceberg catalog named `system`; one that runs already where `GOLDSMITH_SPARK_PORT` names it. */
export async function startSpark(): Promise<Spark> {
  const running = process.env['GOLDSMITH_SPARK_PORT'];
  const server = running === undefined ? await startServer() : undefined;
  const shim = await startShim(server?.port ?? Number(running));
  const address = {
    workspace: { host: shim.host, port: shim.port, ca: [shim.cert], timeoutMs: 120_000 },
    httpPath: '/any',
    catalog: 'spark_catalog',
    schema: 'default',
    credentials: { kind: 'token', token: async () => 'any' },
  } as const;
  return {
    open: () =>
      openDatabricks({
        name: 'spark',
        reader: address,
        writer: address,
        connections: 4,
        statementTimeoutMs: 300_000,
        sleep: async (ms) => {
          await setTimeout(ms);
        },
      }),
    async stop() {
      await shim.stop();
      await server?.stop();
    },
  };
}

async function startServer(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const python = await pythonWith(PACKAGES);
  const { stdout } = await run(python, ['-c', 'import pyspark; print(pyspark.__path__[0])']);
  const home = stdout.trim();
  const jars = await theJars();
  const folder = await mkdtemp(join(tmpdir(), 'goldsmith-spark-'));
  const port = await freePort();
  const settings = {
    'spark.sql.extensions':
      'io.delta.sql.DeltaSparkSessionExtension,org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
    'spark.sql.catalog.spark_catalog': 'org.apache.spark.sql.delta.catalog.DeltaCatalog',
    'spark.sql.catalog.system': 'org.apache.iceberg.spark.SparkCatalog',
    'spark.sql.catalog.system.type': 'hadoop',
    'spark.sql.catalog.system.warehouse': `file://${join(folder, 'system')}`,
    'spark.sql.warehouse.dir': `file://${join(folder, 'warehouse')}`,
    'spark.hadoop.javax.jdo.option.ConnectionURL': `jdbc:derby:memory:${folder};create=true`,
    'spark.sql.sources.default': 'delta',
    'spark.sql.session.timeZone': 'UTC',
    'spark.sql.shuffle.partitions': '2',
    'spark.databricks.delta.snapshotPartitions': '2',
    'spark.ui.enabled': 'false',
  };
  const server = await started({
    command: join(home, 'bin', 'spark-submit'),
    args: [
      ['--master', 'local[2]', '--driver-memory', '1500m', '--driver-class-path', jars.join(':')],
      ['--class', 'org.apache.spark.sql.hive.thriftserver.HiveThriftServer2'],
      Object.entries(settings).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
      ['spark-internal', '--hiveconf', 'hive.server2.transport.mode=http'],
      ['--hiveconf', `hive.server2.thrift.http.port=${port}`],
      ['--hiveconf', 'hive.server2.thrift.bind.host=127.0.0.1'],
    ].flat(),
    env: { SPARK_HOME: home, SPARK_LOCAL_IP: '127.0.0.1' },
    cwd: folder,
    ready: /Started ThriftHttpCLIService/,
  });
  return { port, stop: () => server.stop() };
}

async function theJars(): Promise<readonly string[]> {
  const folder = join(CACHE, 'spark');
  await mkdir(folder, { recursive: true });
  const pom = join(folder, 'pom.xml');
  await writeFile(pom, JARS);
  const into = `-DoutputDirectory=${join(folder, 'jars')}`;
  await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', into]);
  const names = await readdir(join(folder, 'jars'));
  // Spark brings everything else itself, in its own versions.
  return names
    .filter((name) => /^(?:delta|iceberg|unitycatalog)-/.test(name))
    .map((name) => join(folder, 'jars', name));
}
