// After `npm ci` in a clone, `npx goldsmith` finds this project's own command.
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';

const target = 'dist/main.js';
const folder = 'node_modules/.bin';
if (existsSync(target) && existsSync('node_modules')) {
  chmodSync(target, 0o755);
  mkdirSync(folder, { recursive: true });
  rmSync(`${folder}/goldsmith`, { force: true });
  try {
    symlinkSync(`../../${target}`, `${folder}/goldsmith`);
  } catch {
    // Where links need a privilege (Windows), a command file does.
    writeFileSync(`${folder}/goldsmith.cmd`, `@node "%~dp0\\..\\..\\dist\\main.js" %*\r\n`);
  }
}
