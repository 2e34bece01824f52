import type { DeviceFormat, Refusal, SourceFormat, SourceKind } from '#contracts/bridge/formats.ts';
import type { Mapping } from '#contracts/bridge/mapping.ts';

/** A source as the bridge needs it; its secret is opened. */
export type SourceSetting = {
  id: string;
  communityId: string;
  name: string;
  kind: SourceKind;
  format: SourceFormat;
  /** Of the operator's broker: mqtt, mqtts, ws or wss. */
  url: string | null;
  username: string | null;
  /** The broker's password, or what a push is signed with. */
  secret: string | null;
  topics: readonly string[];
  /** Trusted besides the usual authorities, in PEM. */
  ca: string | null;
  /** Only for `json_hook`. */
  mapping: Mapping | null;
  /** Publishes how the community's homes stand to this broker, for Home Assistant. */
  announces: boolean;
};

/** A device of a source as the bridge needs it. */
export type DeviceSetting = {
  id: string;
  sourceId: string;
  address: string;
  format: DeviceFormat | null;
  codecId: string | null;
  /** The sensor that it is paired with; without one its reports go nowhere. */
  sensorId: string | null;
  /** The home of that sensor. */
  householdId: string | null;
  /** False until the installation test, where the format's document does not say which value is open. */
  polarityKnown: boolean;
  /** Null: as the source's format has it. */
  debounceMs: number | null;
  /** Open from here on, in percent. */
  openPercent: number;
  /** Closed down from here. */
  closedPercent: number;
  /** Whether a motor that nobody is known to have asked proves that somebody is up. */
  motorCounts: boolean;
};

export type CodecSetting = {
  id: string;
  code: string;
  /** Of the code, in hex. */
  sha256: string;
  mapping: Mapping;
};

export type BridgeSettings = {
  sources: readonly SourceSetting[];
  devices: readonly DeviceSetting[];
  codecs: readonly CodecSetting[];
};

/** What the bridge saw of a device, for the board; nothing is decided by it. */
export type Sighting = {
  sourceId: string;
  address: string;
  name: string | null;
  /** The format that its frames look like; null where nothing fits. */
  guess: DeviceFormat | null;
  receivedAt: number;
  networkAt: number | null;
  deviceAt: number | null;
  topic: string;
  retained: boolean;
  /** The frame, or the message where the source tells all itself. */
  payload: Uint8Array;
  fPort: number | null;
  /** What was read; null where it was refused. */
  reading: { contact: 'open' | 'closed' | null; position: number | null; battery: number | null } | null;
  refusal: Refusal | null;
  /** What became of it. */
  became: 'opened' | 'closed' | 'snapshot' | 'heartbeat' | 'duplicate' | 'unpaired' | 'nothing' | null;
  /** Openings that a counter shows and no message told of. */
  missed: number;
  restarted: boolean;
  /** Whether its discovery message means open by the same value as its reader; null where none has said. */
  direction: ToldDirection | null;
};

export type ToldDirection = 'agrees' | 'opposite';

export type SourceState = 'waiting' | 'connected' | 'away' | 'refused';
