import type { MqttClient } from 'mqtt';

/**
 * The one thing that reaches into mqtt.js 5.16 behind its public surface. It is pinned exactly, and the test of the
 * MQTT source fails when a new version no longer works this way.
 */
type Inside = {
  _sendPacket(packet: { cmd: string; messageId?: number }, done?: (error?: Error) => void): void;
};

/**
 * Holds back every PUBACK that the client would send by itself: by its own way one message would have to be done before
 * the next is read.
 * @returns a function that sends one, unless the connection over which its message came is gone
 */
export function holdAcknowledgements(
  client: MqttClient,
): (messageId: number, stream: MqttClient['stream']) => boolean {
  const inside = client as unknown as Inside;
  const send = inside._sendPacket;
  inside._sendPacket = (packet, done) => {
    if (packet.cmd === 'puback') done?.();
    else send.call(inside, packet, done);
  };
  return (messageId, stream) => {
    if (!client.connected || client.stream !== stream) return false;
    send.call(inside, { cmd: 'puback', messageId });
    return true;
  };
}
