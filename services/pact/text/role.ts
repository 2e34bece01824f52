import type { Role } from '../role.ts';
import type { Language } from './language.ts';

/** What each role is called, on the board and in the terminal. */
export const ROLE_NAMES: Record<Language, Record<Role, string>> = {
  'zh-CN': {
    admin: '管理员',
    office: '办公室',
    steward: '红管家',
    maintenance: '设备维护',
    district: '区里',
  },
  en: {
    admin: 'Administrator',
    office: 'Office',
    steward: 'Steward',
    maintenance: 'Maintenance',
    district: 'District',
  },
};
