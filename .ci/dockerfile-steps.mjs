// Runs the steps of the Dockerfile in clean directories, one a stage, where no container engine runs: what is copied, installed and
// started is what the image would hold. Then starts the entry point on an empty warehouse, asks the health check, and stops it.
// The build context is what is committed. What this cannot show: the base image, the user, the volume.   node .ci/dockerfile-steps.mjs
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-image-'));
const root = join(folder, 'context');
mkdirSync(root);
execFileSync('sh', ['-c', 'git archive HEAD | tar -x -C "$0"', root], {
  cwd: resolve(import.meta.dirname, '..'),
});
const lines = readFileSync(join(root, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ').split('\n');
const stages = [];
const image = {};

/** A path inside the image, inside its stage's directory. */
const inside = (stage, path) => join(stage.root, path.startsWith('/') ? path : join(stage.cwd, path));

for (const line of lines.filter((one) => /^[A-Z]+ /.test(one))) {
  const [, verb, rest] = /^([A-Z]+) +(.*)$/.exec(line);
  const stage = stages.at(-1);
  if (verb === 'FROM') {
    const name = / AS (\w+)/.exec(rest)?.[1] ?? `stage-${stages.length + 1}`;
    stages.push({ name, root: join(folder, name), cwd: '/', env: {} });
    mkdirSync(join(folder, name));
  } else if (verb === 'WORKDIR') {
    stage.cwd = rest;
    mkdirSync(inside(stage, '.'), { recursive: true });
  } else if (verb === 'ENV') {
    const [name, value] = rest.split('=');
    stage.env[name] = value;
  } else if (verb === 'COPY') {
    copy(stage, rest);
  } else if (verb === 'RUN' && !rest.includes('chown')) {
    run(stage, rest);
  } else if (verb === 'HEALTHCHECK') {
    image.health = JSON.parse(rest.slice(rest.indexOf('[')));
  } else if (verb === 'ENTRYPOINT') {
    image.entry = JSON.parse(rest);
  }
}
const last = stages.at(-1);
try {
  await start(last);
  process.stdout.write('the steps of the Dockerfile work; the image itself was not built\n');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function copy(stage, rest) {
  const words = rest.split(/ +/);
  const from = words[0].startsWith('--from=')
    ? stages.find(({ name }) => name === words.shift().slice('--from='.length)).root
    : root;
  const target = words.pop();
  for (const source of words) {
    const to = target.endsWith('/') ? join(inside(stage, target), basename(source)) : inside(stage, target);
    cpSync(join(from, source), to, { recursive: true });
  }
}

function run(stage, command) {
  process.stdout.write(`${stage.name}: ${command}\n`);
  // The cache is the machine's own here, so it is not cleaned.
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command.replace('npm cache clean --force', 'true')], {
    cwd: inside(stage, '.'),
    env: { ...process.env, npm_config_prefer_offline: 'true', ...stage.env },
    encoding: 'utf8',
  });
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`);
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`${stage.name}: \`${command}\` ended with ${status}`);
  }
}

async function start(stage) {
  const cwd = inside(stage, '.');
  for (const unwanted of ['src', 'test', 'node_modules/typescript', 'node_modules/vitest']) {
    if (existsSync(join(cwd, unwanted))) {
      throw new Error(`the image would hold ${unwanted}`);
    }
  }
  const port = await freePort();
  const warehouse = join(folder, 'warehouse.duckdb');
  const made = spawnSync(
    process.execPath,
    ['-e', "require('@duckdb/node-api').DuckDBInstance.create(process.argv[1]).then((one) => one.closeSync())", warehouse],
    { cwd, stdio: 'inherit' },
  );
  if (made.status !== 0) {
    throw new Error('the warehouse driver does not load in the image');
  }
  writeFileSync(join(folder, 'history.jsonl'), '');
  const config = join(folder, 'goldsmith.yaml');
  writeFileSync(
    config,
    JSON.stringify({
      warehouse: { path: warehouse },
      history: { source: 'export', path: join(folder, 'history.jsonl') },
      http: { port },
      state: { path: join(folder, 'state.sqlite') },
    }),
  );
  const env = { ...process.env, ...stage.env, GOLDSMITH_PORT: String(port) };
  const [program, ...args] = image.entry;
  const node = program === 'node' ? process.execPath : program;
  const daemon = spawn(node, [...args, 'run', '--config', config], { cwd, env });
  let said = '';
  daemon.stdout.on('data', (chunk) => (said += chunk));
  daemon.stderr.on('data', (chunk) => (said += chunk));
  const ended = new Promise((done) => daemon.once('close', done));
  const deadline = Date.now() + 60_000;
  while (!said.includes('goldsmith is running') && Date.now() < deadline && daemon.exitCode === null) {
    await new Promise((done) => setTimeout(done, 200));
  }
  const health = spawnSync(process.execPath, image.health.slice(1), { cwd, env });
  daemon.kill('SIGTERM');
  const code = await ended;
  if (health.status !== 0 || code !== 0) {
    throw new Error(`health check ${health.status}, exit code ${code}: ${said}`);
  }
  process.stdout.write('the daemon started, answered the health check, and stopped at SIGTERM\n');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
