// The header of the room, its people's drawer, and what one can do with the room, in Arabic.

import type { room as English } from '../en/room.ts';
import { counted, isolated, number } from './grammar.ts';

export const room: typeof English = {
  title: (name, unseen) => `${unseen > 0 ? `(${number(unseen)}) ` : ''}${isolated(name)} — Chinwag`,
  users: 'المستخدمون',
  userCount: (count) => counted(count, USERS),
  you: 'أنت',
  share: 'نسخ الرابط',
  shared: 'نُسخ الرابط',
  shareFailed: (address) => `تعذّر نسخ الرابط. وهو ${isolated(address)}`,
  leave: 'مغادرة',
  closeDrawer: 'إغلاق',
  theme: { auto: 'المظهر: تلقائي', light: 'المظهر: فاتح', dark: 'المظهر: داكن' },
};

const USERS = {
  zero: 'لا مستخدمين',
  one: 'مستخدم واحد',
  two: 'مستخدمان',
  few: '# مستخدمين',
  many: '# مستخدمًا',
  other: '# مستخدم',
};
