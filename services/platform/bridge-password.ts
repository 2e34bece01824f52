import { createHmac } from 'node:crypto';

/** With what the bridge signs in to our own broker: every process that has the server's key has it too. */
export const bridgePassword = (key: string | Buffer): string =>
  createHmac('sha256', key).update('curtain-pact bridge').digest('base64url');
