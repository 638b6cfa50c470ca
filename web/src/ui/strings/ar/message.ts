// One message, in Arabic.

import type {
  message as English,
  dates as EnglishDates,
  folded as EnglishFolded,
  markup as EnglishMarkup,
} from '../en/message.ts';
import { and, counted, isolated, PEOPLE } from './grammar.ts';

export const markup: typeof EnglishMarkup = {
  spoiler: 'نص مخفي',
  showAll: 'عرض الكل',
  showLess: 'عرض أقل',
  copyCode: 'نسخ الشيفرة',
  copied: 'نُسخت',
};

export const message: typeof English = {
  actions: 'إجراءات الرسالة',
  react: 'تفاعل',
  reactWith: (emoji) => `تفاعل بـ ${emoji}`,
  moreReactions: 'تفاعلات أخرى',
  reactedBy: (emoji, nicks, more) =>
    `${emoji} ${and([...nicks.map(isolated), ...(more > 0 ? [`${counted(more, PEOPLE)} غيرهم`] : [])])}`,
  reply: 'رد',
  edit: 'تعديل',
  remove: 'حذف',
  copyText: 'نسخ النص',
  copyLink: 'نسخ الرابط',
  textCopied: 'نُسخ النص',
  linkCopied: 'نُسخ الرابط',
  copyFailed: 'لم يسمح المتصفح بالنسخ.',
  edited: '(معدّلة)',
  editedAt: (when) => `عُدّلت ${when}`,
  saving: 'جارٍ الحفظ',
  dismiss: 'إخفاء',
  mentionsYou: 'تذكرك',
  answers: (nick) => `رد على ${isolated(nick)}`,
  goTo: 'انتقل إلى الرسالة المردود عليها',
  notAvailable: 'الرسالة غير متاحة',
  astray: 'تلك الرسالة ليست في هذه الغرفة، أو لم تعد فيها.',
  askRemove: 'أتحذف هذه الرسالة؟',
  askRemoveText: 'تُحذف عند الجميع، ولا يمكن استرجاعها.',
  cancel: 'إلغاء',
};

export const folded: typeof EnglishFolded = {
  joined: (count) => `انضم ${counted(count, PEOPLE)}`,
  left: (count) => `غادر ${counted(count, PEOPLE)}`,
  both: (joined, left) => and([joined, left]),
};

export const dates: typeof EnglishDates = {
  jump: 'انتقل إلى تاريخ',
  day: 'التاريخ',
  go: 'اذهب',
  none: 'لا شيء من ذلك اليوم فصاعدًا.',
  loadingNewer: 'جارٍ تحميل رسائل أحدث…',
};
