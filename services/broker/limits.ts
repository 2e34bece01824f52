/** How much one sensor, one address and all of them together may ask of a broker. */
export type Limits = {
  /** Bytes of a packet before and after the sensor is known. */
  packetBytesBefore: number;
  packetBytesAfter: number;
  /** Milliseconds until CONNECT, or a TLS handshake, must have arrived. */
  connectTimeoutMs: number;
  /** The longest keep-alive interval, in seconds; a sensor must name one. */
  keepaliveSeconds: number;
  /** Messages in a second that a sensor may send for long, and at once after a quiet time. */
  perSecond: number;
  burst: number;
  /** Milliseconds that a message over the rate is held back before its sender counts as a flood. */
  mostHoldMs: number;
  /** Messages of one sensor without an acknowledgement: from here its connection is no longer read … */
  pauseReadingAt: number;
  /** … and here it is closed. One read of 64 KB may hold nearly a thousand messages. */
  mostPerSensor: number;
  /** Messages of the bridge without an acknowledgement, of all its sensors together; beyond, it is not read. */
  mostFromBridge: number;
  /** Messages of all sensors without an acknowledgement. */
  mostPending: number;
  /** Milliseconds that one message waits for its commit before its connection is closed. */
  ackWaitMs: number;
  /** Sensors in one commit. */
  batchSize: number;
  /** Connections of one failing address of which nobody knows yet whose they are. */
  unknownPerSuspect: number;
  /** Subscriptions of one sensor. */
  subscriptions: number;
};

export const DEFAULT_LIMITS: Limits = {
  packetBytesBefore: 1_024,
  packetBytesAfter: 8_192,
  connectTimeoutMs: 10_000,
  keepaliveSeconds: 3_600,
  perSecond: 50,
  burst: 500,
  mostHoldMs: 8_000,
  pauseReadingAt: 32,
  mostPerSensor: 2_048,
  mostFromBridge: 2_000,
  mostPending: 50_000,
  ackWaitMs: 10_000,
  batchSize: 1_000,
  unknownPerSuspect: 64,
  subscriptions: 4,
};
