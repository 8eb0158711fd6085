#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(
    `goldsmith needs Node 24.15 or later and runs on ${process.versions.node}: \`npm ci\` installs one, \`npx goldsmith\` uses it\n`,
  );
  process.exitCode = 1;
} else {
  const { runCli } = await import('./cli/run-cli.ts');
  process.stdout.on('error', endQuietlyWhenClosed);
  process.stderr.on('error', endQuietlyWhenClosed);
  process.exitCode = await runCli(process.argv.slice(2), {
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
  });
}

/** `goldsmith graph | head -3` closes our output early; that is no fault. */
function endQuietlyWhenClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') {
    throw error;
  }
}

export {};
