import Type, { type Static } from 'typebox';
import { Instant, Uuid } from '../scalars.ts';

const RobotFormat = Type.Enum(['wecom', 'dingtalk', 'feishu', 'json']);
const Name = Type.String({ minLength: 1, maxLength: 20 });
/** Only https; the address itself is a secret, because whoever has it can speak in the group. */
const Url = Type.String({ pattern: '^https://[^\\s@/?#]+(?:[/?#]\\S*)?$', maxLength: 500 });
const Secret = Type.String({ minLength: 8, maxLength: 200 });

export const RobotDraft = Type.Object(
  {
    communityId: Uuid,
    name: Name,
    format: RobotFormat,
    url: Url,
    /** What the group signs with, where it does; `json` always does. */
    secret: Type.Optional(Secret),
  },
  { additionalProperties: false },
);
export type RobotDraft = Static<typeof RobotDraft>;

export const RobotPatch = Type.Partial(
  Type.Object({ name: Name, url: Url, secret: Type.Union([Secret, Type.Null()]) }),
  { minProperties: 1, additionalProperties: false },
);
export type RobotPatch = Static<typeof RobotPatch>;

export const RobotView = Type.Object({
  id: Uuid,
  communityId: Uuid,
  name: Type.String(),
  format: RobotFormat,
  isSigned: Type.Boolean(),
  createdAt: Instant,
});
export type RobotView = Static<typeof RobotView>;
