import { createHmac } from 'node:crypto';

/** As whom the firmware-bridge signs in to our own broker; no id of a sensor reads like this. */
export const BRIDGE_USERNAME = '~bridge';

/** With what it signs in: every process that has the server's key has it too. */
export const bridgePassword = (key: string | Buffer): string =>
  createHmac('sha256', key).update('curtain-pact bridge').digest('base64url');
