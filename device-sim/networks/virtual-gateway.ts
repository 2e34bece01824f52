import type { SeededRandom } from '../seeded-random.ts';

/** A maker's device at a curtain, as its gateway knows it. Every time is in epoch milliseconds and is passed in. */
export type VirtualDevice = {
  /** What its source calls it. */
  readonly address: string;
  open(at: number): Promise<void>;
  close(at: number): Promise<void>;
  /** Says again how it is: nothing has happened. */
  report(at: number): Promise<void>;
  /** Its charge has changed, in percent. */
  battery(at: number, percent: number): Promise<void>;
};

/** A curtain's motor: it can also stand half-way. */
export type VirtualCover = VirtualDevice & {
  /** Arrives at this position; 100 is fully open. */
  position(at: number, percent: number): Promise<void>;
};

/** What every network and gateway can do, whatever it speaks. */
export type VirtualGateway = {
  /** Resolves when it has been let in and has said that it is there. */
  connect(at: number): Promise<void>;
  /** Comes back after a power cut with what it knew, and says all of it again. */
  restart(at: number): Promise<void>;
  /** Says goodbye. */
  disconnect(): Promise<void>;
  /** Gone without a word; its last will speaks for it where it has one. */
  vanish(): Promise<void>;
};

/** How a gateway reaches its broker. */
export type GatewayOptions = {
  url: string;
  clientId?: string;
  username?: string;
  password?: string;
  /** Of what is sent with QoS 0 this share is lost on its way, from 0 to 1. */
  losses?: Chance;
  /** Of what is sent with QoS 1 this share arrives twice, as after a lost acknowledgement. */
  doubles?: Chance;
};

export type Chance = { share: number; random: SeededRandom };

export const befalls = (chance: Chance | undefined): boolean =>
  chance !== undefined && chance.random.next() < chance.share;
