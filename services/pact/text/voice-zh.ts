import type { MissReason } from '../verdict.ts';
import type { VoiceCatalogue } from './voice.ts';

const WHY: Record<MissReason, (deadline: string) => string> = {
  no_signal: (deadline) => `${deadline}还没有拉开窗帘。`,
  left_open: (deadline) => `窗帘从昨天一直开着,${deadline}前没有动静。`,
  sensor_silent: () => '设备没有信号,不知道老人是否平安。',
  never_reported: () => '设备从未报到,不知道老人是否平安。',
  not_seen: (deadline) => `${deadline}前还没有人见到老人。`,
};

export const VOICE_ZH: VoiceCatalogue = {
  opening: '您好,这里是窗帘之约。',
  goodbye: '谢谢您。再见。',
  words: {
    elder_heard: '好的,知道您平安了。祝您一天顺心。',
    elder_called_back: '好的,马上有人给您打过来。请您别走开,等电话响。',
    not_understood: '没有听清,没有记入。请看短信,按短信上的数字回复。',
    settled: '您好,这里是窗帘之约。这件事已经有人办好了,您不用再去。谢谢您,再见。',
    settled_elder: '您好,这里是窗帘之约。已经知道您平安了,打扰您了。祝您一天顺心。',
    putting_through: '正在接通,请稍等。',
    not_spoken: '没有说上话,什么也没有记。请照常上门看看。',
    after_talk: '说完了吗?她平安,请按2。要急救,请按3。',
    talk_counts: '好的,记下了,她平安。会告诉其他人不用再去。',
    talk_noted: '好的,通话记下了。这一户约定要当面见到,请照常上门。',
  },
  elderAsks: ({ code, salutation }) => [
    { text: '您好,这里是窗帘之约。' },
    { text: `${digitByDigit(code)}号,${salutation},想和您说话。`, slow: true },
    { text: '给您接通,请按1。' },
  ],
  page: ({ home, reason, deadline, emergency, emergencyNumber, entry }) => [
    { text: emergency ? '急救!这里是窗帘之约。' : '您好,这里是窗帘之约。' },
    { text: `${digitByDigit(home.code)}号,${home.salutation},${home.place}。`, slow: true },
    ...(emergency
      ? [{ text: `请马上拨打${digitByDigit(emergencyNumber)},并立刻上门。${entry ? `进门:${entry}。` : ''}` }]
      : [{ text: `${WHY[reason](deadline)}请马上上门看看。` }]),
    { text: '您去,请按1。已经平安,请按2。要急救,请按3。去不了,请按4。' },
  ],
  list: ({ homes }) => [
    { text: `您好,这里是窗帘之约。有${homes.length}户还没有见到平安。` },
    ...homes.map(({ code, place }) => ({ text: `${digitByDigit(code)}号,${place}。`, slow: true as const })),
    { text: '您都去看,请按1。去不了,请按4。每一户的结果请用短信回复。' },
  ],
  elderCall: ({ salutation, counts }) => [
    { text: `${salutation},您好!这里是社区的窗帘之约。今天早上没有看到您拉窗帘,红管家正在来看您的路上。` },
    {
      text: counts
        ? '您要是平安,请按1。想和人说说话,请按2。'
        : '想和人说说话,请按2。不然请您稍等,管家马上就到。',
    },
  ],
};

/** So that 07 is read as two digits. */
const digitByDigit = (digits: string): string => [...digits].join(' ');
