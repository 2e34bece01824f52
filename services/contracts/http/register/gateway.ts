import Type, { type Static } from 'typebox';
import { Nullable, Uuid } from '../scalars.ts';
import { GatewayName, SensorId } from './sensor.ts';

/** Which sensors speak through a gateway; those of it that are not named here speak through none. */
export const GatewayDraft = Type.Object(
  {
    communityId: Uuid,
    name: GatewayName,
    /** What it was called before. */
    formerName: Type.Optional(GatewayName),
    sensorIds: Type.Array(SensorId, { maxItems: 10_000, uniqueItems: true }),
  },
  { additionalProperties: false },
);
export type GatewayDraft = Static<typeof GatewayDraft>;

/** A sensor of a home, and the gateway that it speaks through. */
export const GatewaySensor = Type.Object({
  id: SensorId,
  gateway: Nullable(Type.String()),
  code: Type.String(),
  building: Type.String(),
  unit: Nullable(Type.String()),
  room: Type.String(),
});
export type GatewaySensor = Static<typeof GatewaySensor>;
