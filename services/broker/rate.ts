/**
 * A token bucket kept as one number per sensor: the time at which its bucket would be full again. It
 * outlives the connection, so that connecting anew buys nothing; only enrolled sensors have one.
 */
export type Rate = {
  /** Milliseconds to hold this message back, 0 for none, or `flood`. Times are monotonic milliseconds. */
  take(sensorId: string, now: number): number | 'flood';
};

export function createRate(limits: { perSecond: number; burst: number; mostHoldMs: number }): Rate {
  const interval = 1_000 / limits.perSecond;
  const tolerance = limits.burst * interval;
  const fullAt = new Map<string, number>();
  return {
    take(sensorId, now) {
      const next = Math.max(fullAt.get(sensorId) ?? 0, now) + interval;
      const hold = next - now - tolerance;
      if (hold > limits.mostHoldMs) return 'flood';
      fullAt.set(sensorId, next);
      return Math.max(0, hold);
    },
  };
}
