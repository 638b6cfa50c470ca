// What belongs to the page as a whole, in Arabic.

import type { crash as EnglishCrash, page as EnglishPage } from '../en/page.ts';

export const page: typeof EnglishPage = {
  skipToComposer: 'انتقل إلى حقل الرسالة',
  close: 'إغلاق',
  cancel: 'إلغاء',
  loading: 'جارٍ التحميل…',
  newVersion: 'تتوفر نسخة جديدة.',
  reload: 'إعادة التحميل',
};

export const crash: typeof EnglishCrash = {
  heading: 'حدث خطأ ما',
  text: 'واجهت الصفحة عطلًا لا تستطيع إصلاحه بنفسها. لم يضع شيء مما أرسلته.',
  reload: 'إعادة التحميل',
  copy: 'نسخ التقرير',
  copied: 'نُسخ التقرير',
  report: 'التقرير',
};
