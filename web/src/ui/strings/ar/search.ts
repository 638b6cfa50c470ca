// Searching what was said, in Arabic.

import type { search as English } from '../en/search.ts';
import { counted, type Forms, isolated } from './grammar.ts';

const RESULTS: Forms = {
  zero: 'لا نتائج',
  one: 'نتيجة واحدة',
  two: 'نتيجتان',
  few: '# نتائج',
  many: '# نتيجة',
  other: '# نتيجة',
};

const NEWEST: Forms = {
  zero: 'لا نتائج',
  one: 'أحدث نتيجة',
  two: 'أحدث نتيجتين',
  few: 'أحدث # نتائج',
  many: 'أحدث # نتيجة',
  other: 'أحدث # نتيجة',
};

export const search: typeof English = {
  open: 'بحث',
  title: 'البحث في الرسائل',
  field: 'كلمات للبحث عنها',
  hint: 'في كل غرفك. ضيّق البحث بكتابة',
  searching: 'جارٍ البحث…',
  none: 'لا نتائج',
  stale: (words) => `هذه نتائج «${isolated(words)}». اضغط Enter للبحث من جديد.`,
  results: (count, more) => counted(count, more ? NEWEST : RESULTS),
  more: 'عرض نتائج أقدم',
  tooMany: 'هناك المزيد. كلمة أخرى تجده أسرع.',
  nothing: `اكتب كلمة للبحث عنها، أو اسمًا مثل ${isolated('from:ann')}.`,
  badDate: (typed) => `«${isolated(typed)}» ليس تاريخًا. اكتبه هكذا: ${isolated('2026-01-31')}.`,
  noRoom: (typed) => `لست في غرفة باسم «${isolated(typed)}».`,
  failed: 'لم ينجح البحث. حاول مرة أخرى بعد قليل.',
  unreachable: 'لا يمكن الوصول إلى هذه الرسالة الآن.',
};
