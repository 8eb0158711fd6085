/** `12.3`, `0.042`: two or three digits that matter. */
export function short(value: number): number {
  if (!Number.isFinite(value) || value === 0) {
    return 0;
  }
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return Number(value.toFixed(Math.min(digits, 9)));
}

export function percent(share: number): string {
  return `${short(share * 100)}%`;
}
