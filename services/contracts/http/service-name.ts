/** What `/healthz` says of itself, so that nobody takes another program at our port for us. */
export const SERVICE_NAME = 'curtain-pact';
