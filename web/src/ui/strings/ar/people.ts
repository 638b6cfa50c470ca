// The list of people, and the card of one, in Arabic.

import type { people as English } from '../en/people.ts';
import { counted, isolated } from './grammar.ts';

export const people: typeof English = {
  filter: 'البحث عن أشخاص',
  nobody: 'لا أحد هنا بهذا الاسم.',
  order: 'الترتيب',
  orderByName: 'حسب الاسم',
  orderByJoining: 'حسب وقت الدخول',
  here: 'متصل',
  away: 'بعيد',
  unknown: 'غير معروف ما دام الاتصال منقطعًا',
  gone: 'غير متصل',
  lastSeen: (when) => `آخر ظهور ${when}`,
  card: (nick) => `عن ${isolated(nick)}`,
  mention: 'إشارة',
  message: 'مراسلة',
  ignore: 'تجاهل',
  heed: 'إلغاء التجاهل',
  ignored: 'متجاهَل: تُطوى رسائله على هذا الجهاز.',
  shown: (count) => counted(count, FOUND),
};

const FOUND = {
  zero: 'لم يُعثر على أحد',
  one: 'عُثر على شخص واحد',
  two: 'عُثر على شخصين',
  few: 'عُثر على # أشخاص',
  many: 'عُثر على # شخصًا',
  other: 'عُثر على # شخص',
};
