import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './generated-files.ts';

/** `npm run generate`: writes the files that are made from the code. */
for (const [path, content] of Object.entries(generatedFiles())) {
  writeFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), content);
}
