/** What one look of the doctor found, in one sentence. */
export interface DoctorAnswer {
  readonly ok: boolean;
  /** It works, and somebody should see this before it does not. */
  readonly isWarning: boolean;
  readonly detail: string;
}

export function answer(detail: string): DoctorAnswer {
  return { ok: true, isWarning: false, detail };
}

export function warn(detail: string): DoctorAnswer {
  return { ok: true, isWarning: true, detail };
}

/** Goldsmith will not do its work like this. */
export function fail(detail: string): DoctorAnswer {
  return { ok: false, isWarning: false, detail };
}
