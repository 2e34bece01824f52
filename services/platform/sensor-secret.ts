import { createHmac, randomBytes } from 'node:crypto';

/** A new secret for a sensor: 32 random bytes, shown once and never stored. */
export const createSensorSecret = (): string => randomBytes(32).toString('base64url');

/**
 * What is stored in place of a sensor's secret. A fast keyed hash is enough, because the secret has 256
 * bits of its own; the id inside keeps one sensor's hash from serving another.
 */
export const hashSensorSecret = (key: string | Buffer, sensorId: string, secret: string | Buffer): Buffer =>
  createHmac('sha256', key).update(`${sensorId}:`).update(secret).digest();
