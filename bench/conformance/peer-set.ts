import { openCalcite } from '../peers/open-calcite.ts';
import { openPython } from '../peers/open-python.ts';
import type { Peer } from '../peers/peer.ts';
import { say } from './progress.ts';
import type { Settings } from './settings.ts';

export interface PeerSet {
  readonly python: Peer;
  readonly calcite: Peer;
}

/** Installs what is not there yet; what cannot be installed is skipped with the reason. */
export async function openPeers({ usePeers, peerFolder }: Settings): Promise<PeerSet> {
  if (!usePeers) {
    const skipped: Peer = { kind: 'skipped', because: 'not asked for (--no-peers)' };
    return { python: skipped, calcite: skipped };
  }
  say(`peers: in ${peerFolder}`);
  const [python, calcite] = [await openPython(peerFolder), await openCalcite(peerFolder)];
  return { python, calcite };
}
