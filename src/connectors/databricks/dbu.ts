/** A warehouse bills so many DBU for an hour of so many worker cores; larger sizes have more of both (Small). */
export const DBU_AN_HOUR = 12;
export const WORKER_CORES = 32;
