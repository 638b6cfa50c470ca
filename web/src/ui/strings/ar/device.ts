// Going on as the same person on another device, in Arabic.

import type { device as English } from '../en/device.ts';
import { isolated } from './grammar.ts';

export const device: typeof English = {
  heading: 'الاستخدام على جهاز آخر',
  why: 'عند فتح هذا الرابط على جهاز آخر تصبح الشخص نفسه هناك: الاسم نفسه والغرف نفسها، بما فيها الخاصة، وما قرأته. من يملك الرابط هو أنت، فلا تعطه لأحد.',
  show: 'إظهار الرابط',
  link: 'رابط لجهاز آخر',
  copy: 'نسخ',
  copied: 'تم النسخ',
  offer: (nick) => `هل تتابع في هذا المتصفح باسم ${isolated(nick)} في هذه الغرف؟ لا تقبل إلا رابطًا أنشأته بنفسك.`,
  rooms: 'غرفك',
  accept: (nick) => `المتابعة باسم ${isolated(nick)}`,
  decline: 'إلى صفحة الدخول',
  broken: 'هذا الرابط ناقص. انسخه من جديد على الجهاز الآخر: الإعدادات، «الاستخدام على جهاز آخر».',
};
