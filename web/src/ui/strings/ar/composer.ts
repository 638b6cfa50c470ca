// The message field, what stands over it, and one's place on the globe, in Arabic.

import type { composer as EnglishComposer, location as EnglishLocation } from '../en/composer.ts';
import { NAMED_WRITERS } from '../grammar.ts';
import { and, CHARACTERS, counted, isolated, SECONDS } from './grammar.ts';

export const composer: typeof EnglishComposer = {
  label: 'الرسالة',
  form: 'كتابة رسالة',
  placeholder: (room) => `رسالة إلى ${isolated(`#${room}`)}`,
  directPlaceholder: (nick) => `رسالة إلى ${isolated(nick)}`,
  send: 'إرسال',
  save: 'حفظ',
  emoji: 'إدراج رمز تعبيري',
  emojiFailed: 'تعذّر تحميل الرموز التعبيرية. يُرجى المحاولة مرة أخرى.',
  help: 'التنسيق والأوامر',
  helpFailed: 'تعذّر تحميل المساعدة. يُرجى المحاولة مرة أخرى.',
  location: 'إرسال الموقع',
  left: (count) => `المتبقي: ${counted(count, CHARACTERS)}`,
  over: (count) => `الزيادة: ${counted(count, CHARACTERS)}`,
  tooMuch: (length, most) =>
    `في النص ${counted(length, CHARACTERS)}، ويتسع الحقل لـ ${counted(most, CHARACTERS)}. لم يُلصق شيء.`,
  throttled: (seconds) => `مهلًا قليلًا. يمكنك الإرسال مجددًا بعد ${counted(seconds, SECONDS)}.`,
  serverFull: (seconds) => `لا متسع لدى الخادم لرسائل الآن. إعادة المحاولة بعد ${counted(seconds, SECONDS)}.`,
  replying: (nick) => `ردًّا على ${isolated(nick)}`,
  editing: 'تعديل رسالتك',
  cancel: 'إلغاء',
  emptyEdit: 'لا يمكن تعديل الرسالة لتصير فارغة. يمكنك حذفها بدلًا من ذلك.',
  editGone: 'حُذفت الرسالة، فلا يمكن تعديلها بعد الآن.',
  suggestions: 'اقتراحات',
  away: 'بعيد',
};

export const location: typeof EnglishLocation = {
  unsupported: 'لا يستطيع هذا المتصفح تحديد موقعك، فلم يُرسل.',
  denied: 'لم يُسمح للمتصفح بتحديد موقعك. يمكنك السماح بذلك في إعدادات الموقع ثم المحاولة مجددًا.',
  unavailable: 'تعذّر العثور على موقعك. يُرجى المحاولة مرة أخرى.',
  timeout: 'استغرق تحديد موقعك وقتًا طويلًا. يُرجى المحاولة مرة أخرى.',
  title: 'موقعك',
  see: 'شاهده على الخريطة',
  exactness: 'بأي دقة؟',
  precise: 'بدقة',
  approximate: 'تقريبًا، إلى نحو كيلومتر واحد',
  send: 'إرسال هذا الموقع',
  cancel: 'إلغاء',
};

export function typing(nicks: readonly string[]): string {
  if (nicks.length === 0) {
    return '';
  }
  if (nicks.length > NAMED_WRITERS) {
    return 'عدة أشخاص يكتبون…';
  }
  // The verb stands first and so stays singular, whoever writes.
  return `يكتب الآن ${and(nicks.map(isolated))}…`;
}
