import { netvoxReed } from './netvox-reed.ts';

/** Netvox R718F, a reed switch on a cable. */
export const netvoxR718f = netvoxReed(0x1d, /(?<![a-z0-9])r718f(?![a-z0-9])/i);
