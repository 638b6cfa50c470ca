// The sidebar of one's rooms, the directory, private rooms, the switcher, in Arabic.

import type { directory as EnglishDirectory, rooms as EnglishRooms, switcher as EnglishSwitcher } from '../en/rooms.ts';
import { counted, isolated, number, PEOPLE } from './grammar.ts';

export const rooms: typeof EnglishRooms = {
  heading: 'الغرف',
  list: 'الغرف',
  direct: 'الرسائل المباشرة',
  browse: 'تصفح الغرف',
  show: 'إظهار الغرف',
  kind: { public: 'غرفة', private: 'غرفة خاصة', direct: 'رسالة مباشرة' },
  unread: (count, exact) => (exact ? counted(count, UNREAD) : `على الأقل ${counted(count, UNREAD)}`),
  mentions: (count) => counted(count, MENTIONS),
  count: (count) => number(count),
  more: (name) => `المزيد عن ${isolated(name)}`,
  leave: 'مغادرة',
  askLeave: (room) => `أتريد مغادرة ${isolated(room)}؟`,
  askLeavePrivate: 'لا يعيدك إلى هذه الغرفة إلا رابطها. احتفظ بالرابط إن كنت قد تريد العودة.',
  askLeaveAlone: 'لا أحد غيرك فيها الآن: من دون الرابط تضيع نهائيًا.',
  askLeaveDirect: 'الطرف الآخر ليس هنا، ولا رابط يعيدك: لن تعود إلا إذا رجع وكتب إليك.',
  mute: 'كتم',
  unmute: 'إلغاء الكتم',
  muted: 'مكتومة',
  markRead: 'تعليم كمقروءة',
  allRead: 'عُلّمت جميع الغرف كمقروءة.',
  copyLink: 'نسخ الرابط',
  copyInvitation: 'نسخ الدعوة',
  invitationCopied: 'نُسخت الدعوة',
  topic: 'الموضوع',
  noTopic: 'أضف موضوعًا',
  editTopic: (topic) => (topic === '' ? 'أضف موضوعًا' : `الموضوع: ${isolated(topic)}. تغييره`),
  leftElsewhere: (room) => `لقد غادرت ${isolated(room)} في تبويب آخر أو على جهاز آخر.`,
  refused: (room, why) => `لم تعد في ${isolated(room)}: ${isolated(why)}`,
  save: 'حفظ',
  search: 'بحث',
};

export const directory: typeof EnglishDirectory = {
  title: 'الغرف',
  filter: 'ابحث عن غرفة أو سمِّ واحدة',
  join: 'دخول',
  open: 'فتح',
  members: (count) => counted(count, PEOPLE),
  empty: 'لا غرفة مفتوحة بهذا الاسم.',
  none: 'لا غرف مفتوحة بعد.',
  create: (name) => `افتح ${isolated(`#${name}`)}`,
  failed: 'تعذّر تحميل قائمة الغرف.',
  public: 'الغرف المفتوحة',
  private: 'غرفة خاصة جديدة',
  privateWhy: 'لا يجدها إلا من لديه رابطها: يستطيع كل من معه الرابط الدخول والقراءة ودعوة غيره.',
  privateName: 'اسمها',
  privateCreate: 'إنشاء غرفة خاصة',
  privateLink: 'رابط الدعوة',
  copy: 'نسخ',
  copied: 'نُسخ',
};

export const switcher: typeof EnglishSwitcher = {
  title: 'الانتقال إلى غرفة أو شخص',
  field: 'غرفة أو شخص',
  none: 'لا شيء بهذا الاسم.',
  results: 'غرف وأشخاص',
};

const UNREAD = {
  zero: 'لا رسائل غير مقروءة',
  one: 'رسالة واحدة غير مقروءة',
  two: 'رسالتان غير مقروءتين',
  few: '# رسائل غير مقروءة',
  many: '# رسالة غير مقروءة',
  other: '# رسالة غير مقروءة',
};

const MENTIONS = {
  zero: 'لا إشارات إليك',
  one: 'إشارة واحدة إليك',
  two: 'إشارتان إليك',
  few: '# إشارات إليك',
  many: '# إشارة إليك',
  other: '# إشارة إليك',
};
