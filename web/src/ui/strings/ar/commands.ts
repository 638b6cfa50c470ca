// Commands, and the sheet that explains them and how text is formatted, in Arabic.

import type { commands as EnglishCommands, help as EnglishHelp } from '../en/commands.ts';
import { isolated } from './grammar.ts';

export const commands: typeof EnglishCommands = {
  unknown: (word) =>
    `لا يوجد أمر ${isolated(`/${word}`)}. لإرسال هذا كما هو ضع مسافة قبله؛ والأمر ${isolated('/help')} يعرض الأوامر المتاحة.`,
  incomplete: (usage) => `ينقص شيء: ${isolated(usage)}`,
  nobody: (name) => `لا أحد هنا اسمه ${isolated(name)}.`,
  oneself: 'هذا أنت.',
  takes: {
    join: 'غرفة',
    me: 'يفعل شيئًا',
    nick: 'اسم جديد',
    topic: 'كلمات',
    search: 'كلمات',
    msg: 'اسم كلمات',
  },
  does: {
    join: 'الانتقال إلى غرفة أخرى',
    me: 'قل ماذا تفعل',
    nick: 'اتخاذ اسم آخر هنا',
    shrug: 'إضافة هزّ الكتفين',
    location: 'إرسال موقعك',
    who: 'عرض الموجودين هنا',
    topic: 'تحديد الموضوع؛ و«-» يمحوه',
    search: 'البحث في الرسائل',
    msg: 'الكتابة إلى شخص واحد وحده',
    leave: 'مغادرة هذه الغرفة',
    help: 'عرض هذه المساعدة',
  },
};

export const help: typeof EnglishHelp = {
  title: 'التنسيق والأوامر',
  close: 'إغلاق',
  formatting: 'التنسيق',
  written: 'تكتب',
  shown: 'يرى الناس',
  commands: 'الأوامر',
  literally: 'السطر الذي يبدأ بمسافة أو بشرطتين مائلتين يُرسل كما هو.',
  samples: {
    bold: 'عريض',
    italic: 'مائل',
    strike: 'مشطوب',
    code: 'شفرة',
    block: 'كتلة شفرة',
    quote: 'اقتباس',
    list: 'قائمة',
    spoiler: 'مخفي حتى النقر',
    link: 'رابط',
    mention: 'اسم',
  },
};
