import type { Language } from './language.ts';

/** The page of the fake providers, on which the people's phones lie: for the demo and for trying things out. */
export type PhonesText = {
  title: string;
  nothingYet: string;
  reply: string;
  pickUp: string;
  hangUp: string;
  channels: Record<'sms' | 'voice', string>;
  fates: Record<
    | 'on_its_way'
    | 'delivered'
    | 'off'
    | 'unknown'
    | 'landline'
    | 'filtered'
    | 'stopped'
    | 'ringing'
    | 'answered'
    | 'ended',
    string
  >;
};

export const PHONES_TEXT: Record<Language, PhonesText> = {
  'zh-CN': {
    title: '大家的手机(模拟)',
    nothingYet: '还没有短信,也没有来电。',
    reply: '回复',
    pickUp: '接听',
    hangUp: '挂断',
    channels: { sms: '短信', voice: '来电' },
    fates: {
      on_its_way: '在路上',
      delivered: '已送达',
      off: '关机,未送达',
      unknown: '空号',
      landline: '座机,收不到短信',
      filtered: '被运营商拦截',
      stopped: '已退订',
      ringing: '响铃中',
      answered: '通话中',
      ended: '已结束',
    },
  },
  en: {
    title: 'Everybody’s phones (simulated)',
    nothingYet: 'No message and no call yet.',
    reply: 'Reply',
    pickUp: 'Pick up',
    hangUp: 'Hang up',
    channels: { sms: 'SMS', voice: 'Call' },
    fates: {
      on_its_way: 'on its way',
      delivered: 'delivered',
      off: 'switched off, not delivered',
      unknown: 'no such number',
      landline: 'a landline, takes no SMS',
      filtered: 'stopped by the network as advertising',
      stopped: 'has opted out',
      ringing: 'ringing',
      answered: 'talking',
      ended: 'over',
    },
  },
};
