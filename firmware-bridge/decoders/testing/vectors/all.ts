import type { DecodedFormat } from '../../registry.ts';
import type { Vector } from '../vectors.ts';
import { DW10, TBDW100 } from './browan.ts';
import { BTHOME } from './bthome.ts';
import { LDS0X, LDS03A } from './dragino.ts';
import { ELSYS } from './elsys.ts';
import { EM300_MCS, WS301 } from './milesight.ts';
import { R311A, R718F } from './netvox.ts';
import { RBS301_DWS } from './radio-bridge.ts';
import { STRIPS } from './sensative.ts';

export const VECTORS: Record<DecodedFormat, readonly Vector[]> = {
  milesight_ws301: WS301,
  milesight_em300_mcs: EM300_MCS,
  dragino_lds01: LDS0X,
  dragino_lds02: LDS0X,
  dragino_lds03a: LDS03A,
  browan_tbdw100: TBDW100,
  merryiot_dw10: DW10,
  netvox_r311a: R311A,
  netvox_r718f: R718F,
  radio_bridge_rbs301_dws: RBS301_DWS,
  elsys: ELSYS,
  sensative_strips: STRIPS,
  bthome_v2: BTHOME,
};
