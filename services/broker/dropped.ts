import type { PublishPacket } from 'aedes';

/** Acknowledges a message and passes it on to nobody: its topic is then outside all that anybody may listen to. */
export function drop(packet: PublishPacket, answer: () => void): void {
  packet.topic = 'dropped';
  answer();
}
