import { describe, expect, it } from 'vitest';
import { replaySettings } from '../../src/replay/replay-settings.ts';

describe('the price of a replay', () => {
  it('is that of its warehouse, and says for what', () => {
    const { assumptions } = replaySettings({ dialect: 'snowflake' }, undefined);
    expect(assumptions.join('\n')).toMatch(/one price for all days: \$[\d.]+ an hour of compute/);
  });

  it('is another one’s where the list has none, and says so', () => {
    const { assumptions } = replaySettings({ dialect: 'redshift' }, undefined);
    expect(assumptions.join('\n')).toContain('the price list has no price for redshift');
  });

  it('is what was asked for, without further words', () => {
    const { assumptions } = replaySettings({ dialect: 'redshift', pricePerHour: 2 }, undefined);
    expect(assumptions.join('\n')).not.toContain('price');
  });
});
