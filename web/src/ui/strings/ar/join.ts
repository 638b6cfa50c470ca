// The join page, in Arabic.

import type { join as English } from '../en/join.ts';
import { CHARACTERS, counted, isolated, number, PEOPLE } from './grammar.ts';

function tooHeavy(what: string, bytes: number, most: number): string {
  return `${what} ${number(most)} بايت على الأكثر، وفي هذا ${number(bytes)}: يشغل الرمز التعبيري أو الحرف ذو العلامات الكثيرة عدة بايتات.`;
}

export const join: typeof English = {
  nick: 'الاسم المعروض',
  room: 'الغرفة',
  join: 'دخول',
  joining: 'جارٍ الدخول…',
  missing: 'اسم المستخدم والغرفة مطلوبان!',
  nickTooLong: (most) => `الحد الأقصى للاسم المعروض: ${counted(most, CHARACTERS)}.`,
  roomTooLong: (most) => `الحد الأقصى لاسم الغرفة: ${counted(most, CHARACTERS)}.`,
  nickTooHeavy: (bytes, most) => tooHeavy('للاسم المعروض', bytes, most),
  roomTooHeavy: (bytes, most) => tooHeavy('لاسم الغرفة', bytes, most),
  failed: 'تعذّر الدخول. يُرجى المحاولة مرة أخرى.',
  suggestions: 'هذه الأسماء متاحة:',
  invited: (room) => `أنت مدعو إلى ${isolated(room)}، وهي غرفة خاصة.`,
  lostInvitation: 'هذه الدعوة غير مكتملة: جزء من رابطها مفقود. يُرجى طلبها من جديد.',
  rooms: 'الغرف المفتوحة',
  members: (count) => counted(count, PEOPLE),
  unsent: {
    label: 'رسائل لم تُرسل',
    text: (count, room, nick) => `لديك ${counted(count, UNSENT)} إلى ${isolated(room)} باسم ${isolated(nick)}.`,
    go: 'ادخل وأرسل',
    discard: 'حذف',
  },
};

const UNSENT = {
  zero: 'لا رسائل غير مُرسلة',
  one: 'رسالة واحدة غير مُرسلة',
  two: 'رسالتان غير مُرسلتين',
  few: '# رسائل غير مُرسلة',
  many: '# رسالة غير مُرسلة',
  other: '# رسالة غير مُرسلة',
};
