/** Credits an hour by the warehouse's size as the history writes it, first generation (Snowflake, warehouse sizes). */
const BY_SIZE: Readonly<Record<string, number>> = {
  'x-small': 1,
  small: 2,
  medium: 4,
  large: 8,
  'x-large': 16,
  '2x-large': 32,
  '3x-large': 64,
  '4x-large': 128,
  '5x-large': 256,
  '6x-large': 512,
};

/** Credits a warehouse of this size costs an hour; none where a statement needed no warehouse. */
export function creditsPerHour(size: string): number {
  return size === '' ? 0 : (BY_SIZE[size.toLowerCase()] ?? 1);
}
