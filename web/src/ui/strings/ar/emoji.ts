// The picker of emoji, in Arabic.

import type { emoji as English } from '../en/emoji.ts';
import { counted } from './grammar.ts';

export const emoji: typeof English = {
  label: 'رموز تعبيرية',
  search: 'ابحث عن رمز',
  none: 'لا رمز بهذا الاسم.',
  found: (count) => counted(count, FOUND),
  tone: 'لون البشرة',
  tones: ['أصفر', 'فاتح', 'فاتح متوسط', 'متوسط', 'داكن متوسط', 'داكن'],
  close: 'إغلاق',
  categories: {
    recent: 'المستخدمة حديثًا',
    smileys: 'وجوه ومشاعر',
    people: 'أشخاص وأجسام',
    nature: 'حيوانات وطبيعة',
    food: 'طعام وشراب',
    travel: 'سفر وأماكن',
    activities: 'أنشطة',
    objects: 'أشياء',
    symbols: 'علامات',
    flags: 'أعلام',
  },
};

const FOUND = {
  zero: 'لم يُعثر على أي رمز',
  one: 'عُثر على رمز واحد',
  two: 'عُثر على رمزين',
  few: 'عُثر على # رموز',
  many: 'عُثر على # رمزًا',
  other: 'عُثر على # رمز',
};
