// The messages, in Arabic.

import type { timeline as English } from '../en/timeline.ts';
import { counted, isolated, NEW_MESSAGES } from './grammar.ts';

export const timeline: typeof English = {
  label: 'الرسائل',
  today: 'اليوم',
  yesterday: 'أمس',
  beginning: (room) => `هذه بداية ${isolated(room)}`,
  loading: 'جارٍ تحميل رسائل أقدم…',
  unread: 'جديد',
  newBelow: (count) => counted(count, NEW_MESSAGES),
  toEnd: 'انتقل إلى أحدث رسالة',
  location: 'موقعي الحالي',
  deleted: 'حُذفت هذه الرسالة.',
  retry: 'إعادة المحاولة',
  remove: 'حذف',
  sending: 'جارٍ الإرسال',
  announceOne: (nick, text) => `${isolated(nick)}: ${isolated(text)}`,
  announceMany: (count) => counted(count, NEW_MESSAGES),
};
