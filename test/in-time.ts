/** The long run is for a machine with nothing else to do; `.ci/run` shares its two cores among three test files. */
const isLong = process.env['GOLDSMITH_LONG'] === '1';

/** Milliseconds that what is owed within two seconds may take: those and a little where nobody else computes, else less than the five that waiting in vain takes. */
export const IN_TIME_MS = isLong ? 2_500 : 4_500;
