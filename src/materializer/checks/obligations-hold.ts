import type { BuildCheck } from '../check.ts';

/** Keys are unique, no row is an orphan, nothing is NULL where the definition relies on it. */
export const obligationsHold: BuildCheck = {
  id: 'obligations-hold',

  async check({ definition, verified }) {
    const { broken } = await verified();
    const [first] = broken;
    if (first === undefined) {
      return { kind: 'pass', evidence: { obligations: definition.obligations.length } };
    }
    return {
      kind: 'fail',
      because: first.because,
      evidence: { broken: broken.length, rows: first.rows },
    };
  },
};
