import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

export interface Settings {
  /** Where the test material lies. */
  readonly corpus: string;
  /** Every n-th statement and case. */
  readonly stride: number;
  /** Names of the sections to run; all where empty. */
  readonly only: readonly string[];
  readonly usePeers: boolean;
  /** Where peers are installed; outside the repository, kept from run to run. */
  readonly peerFolder: string;
  /** Where the results are written. */
  readonly out: string;
}

const QUICK_STRIDE = 20;

/** What the command line and the environment ask for; a bad option is a `TypeError` of `parseArgs`. */
export function readSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      stride: { type: 'string' },
      only: { type: 'string', default: '' },
      'no-peers': { type: 'boolean', default: false },
      out: { type: 'string', default: join(import.meta.dirname, 'results') },
    },
  });
  const stride = Number(values.stride ?? (values.quick ? QUICK_STRIDE : 1));
  if (!Number.isSafeInteger(stride) || stride < 1) {
    throw new TypeError(`--stride must be a whole number above 0, not ${values.stride}`);
  }
  return {
    corpus: process.env['GOLDSMITH_CORPUS'] ?? join(import.meta.dirname, '../../../shared/data'),
    stride,
    only: values.only.split(',').filter((name) => name !== ''),
    usePeers: !values['no-peers'],
    peerFolder: process.env['GOLDSMITH_PEERS'] ?? join(tmpdir(), 'goldsmith-peers'),
    out: values.out,
  };
}
