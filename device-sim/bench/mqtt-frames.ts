/** MQTT 3.1.1 packets made by hand: a library's own cost would be measured along with the broker's. */

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

const packet = (header: number, body: Buffer): Buffer => {
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([header, ...length]), body]);
};

const CLEAN_WITH_CREDENTIALS = 0xc2;

export const connectPacket = (sensorId: string, secret: string): Buffer => {
  const keepalive = Buffer.from([0x02, 0x58]);
  return packet(
    0x10,
    Buffer.concat([
      text('MQTT'),
      Buffer.from([4, CLEAN_WITH_CREDENTIALS]),
      keepalive,
      text(sensorId),
      text(sensorId),
      text(secret),
    ]),
  );
};

/** QoS 1. */
export const publishPacket = (topic: string, messageId: number, payload: string): Buffer =>
  packet(
    0x32,
    Buffer.concat([text(topic), Buffer.from([messageId >> 8, messageId & 0xff]), Buffer.from(payload)]),
  );

export const CONNACK = 0x20;
export const PUBACK = 0x40;
