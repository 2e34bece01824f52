import { netvoxReed } from './netvox-reed.ts';

/** Netvox R311A, a window sensor with one reed switch. */
export const netvoxR311a = netvoxReed(0x02, /(?<![a-z0-9])r311a(?![a-z0-9])/i);
