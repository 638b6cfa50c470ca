// The settings, in Arabic.

import type { settings as English } from '../en/settings.ts';

export const settings: typeof English = {
  open: 'الإعدادات',
  title: 'الإعدادات',
  theme: 'المظهر',
  themes: { auto: 'تلقائي', light: 'فاتح', dark: 'داكن' },
  language: 'اللغة',
  languageAuto: 'تلقائية',
  languages: { en: 'English', ar: 'العربية' },
  textSize: 'حجم النص',
  textSizes: { small: 'صغير', normal: 'عادي', large: 'كبير', huge: 'كبير جدًا' },
  density: 'التباعد',
  densities: { cosy: 'مريح', compact: 'متراص' },
  hours: 'الوقت',
  hourChoices: { auto: 'تلقائي', h12: '١٢ ساعة', h24: '٢٤ ساعة' },
  hoursNow: (time) => `الآن: ${time}`,
};
