/** What the board says of a person's rights: their file, to be forgotten, and what is kept for how long. The Chinese is the model. */
export type RightsText = typeof zh;

const zh = {
  file: {
    title: '本人要看的档案',
    lead: '这一户保存的全部资料:登记、老人、联系人、同意书、记事、每一天、预警、上门、消息和改动。谁导出的会写在档案上,也记入查阅记录。',
    pdf: '导出 PDF(可打印)',
    json: '导出 JSON(给程序用)',
    saved: '档案已保存到这台电脑。请只交给本人或家人。',
  },
};

const en: RightsText = {
  file: {
    title: 'The file, for the person who asks',
    lead: 'Everything that is kept of this home: register, residents, contacts, consents, notes, every day, alerts, visits, messages and changes. Who exported it stands in the file and in the list of who looked.',
    pdf: 'Export as PDF (to print)',
    json: 'Export as JSON (for programs)',
    saved: 'Saved on this computer. Hand it only to the person or the family.',
  },
};

export const RIGHTS_TEXT = { 'zh-CN': zh, en };
