import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * Hands lines to a program and collects its answers, one JSON value a line, in order. Fails with the program's last words where it ends
 * with an error.
 */
export async function askLines<Answer>(
  { command, args }: Command,
  lines: readonly unknown[],
): Promise<readonly Answer[]> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    said.push(chunk.toString());
    said.splice(0, said.length - 20);
  });
  child.stdin.on('error', (error) => said.push(error.message));
  const failed = once(child, 'close');
  const answers: Answer[] = [];
  child.stdin.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  for await (const line of createInterface({ input: child.stdout })) {
    answers.push(JSON.parse(line) as Answer);
  }
  await failed;
  if (child.exitCode !== 0) {
    throw new Error(
      `${command} ended with ${child.exitCode ?? 'a signal'}: ${said.join('').slice(-500)}`,
    );
  }
  return answers;
}
