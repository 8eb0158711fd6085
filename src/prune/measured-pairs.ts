/** Pairs of builds (full, slim, slim, full...) that say what a step saves. */
export const MEASURED_PAIRS = 5;

/** Builds they take: one pair more warms caches and does not count. */
export const BUILDS_TO_MEASURE = 2 * (MEASURED_PAIRS + 1);
