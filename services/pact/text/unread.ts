import type { Language } from './language.ts';

/** Why a sensor's message could not be read, in people's words, by the reason that the quarantine keeps. */
const zh = {
  too_large: '消息太长',
  not_utf8: '不是 UTF-8 文字',
  too_deep: '嵌套太深',
  not_json: '不是 JSON',
  not_an_object: '不是 JSON 对象',
  type_missing: '没有写消息类型',
  type_unknown: '不认识的消息类型',
  at_invalid: '时间读不懂',
  seq_invalid: '序号不对',
  position_missing: '没有写开合程度',
  position_invalid: '开合程度不对',
  battery_invalid: '电量不对',
  rssi_invalid: '信号强度不对',
  firmware_invalid: '固件版本不对',
  status_unknown: '不认识的在线状态',
};

export type UnreadText = typeof zh;

const en: UnreadText = {
  too_large: 'too long',
  not_utf8: 'not text in UTF-8',
  too_deep: 'nested too deep',
  not_json: 'not JSON',
  not_an_object: 'no JSON object',
  type_missing: 'says no type',
  type_unknown: 'a type that nobody knows',
  at_invalid: 'a time that cannot be read',
  seq_invalid: 'a wrong number',
  position_missing: 'says no position',
  position_invalid: 'a wrong position',
  battery_invalid: 'a wrong battery level',
  rssi_invalid: 'a wrong signal strength',
  firmware_invalid: 'a wrong firmware version',
  status_unknown: 'a presence that nobody knows',
};

export const UNREAD_TEXT: Record<Language, UnreadText> = { 'zh-CN': zh, en };

/** The words for a reason; one that has none yet stands as it is. */
export const unreadText = (reason: string, language: Language): string =>
  (UNREAD_TEXT[language] as Partial<Record<string, string>>)[reason] ?? reason;
