// Notifications, in Arabic.

import type { notify as English } from '../en/notify.ts';

export const notify: typeof English = {
  heading: 'الإشعارات',
  bell: 'إشعارات هذه الغرفة',
  bellMuted: 'إشعارات هذه الغرفة: متوقفة',
  close: 'إغلاق',
  explain:
    'ما دامت Chinwag مفتوحة في لسان لا تنظر إليه، يمكنها أن تخبرك على سطح المكتب بأن أحدًا ذكرك أو كتب إليك وحدك. سيسألك متصفحك إن كان يُسمح لها بذلك.',
  turnOn: 'شغّل الإشعارات',
  desktop: 'اعرضها على سطح المكتب',
  insecure: 'جاءت هذه الصفحة عبر اتصال غير آمن، والمتصفحات لا تعرض إشعارات لمثلها. عبر HTTPS يمكنها ذلك.',
  missing: 'لا إشعارات في هذا المتصفح.',
  denied: 'يحجب متصفحك إشعارات هذه الصفحة. يمكنك السماح بها في إعداداته لهذا الموقع.',
  levels: (room) => `أخبرني عن ${room}`,
  level: { all: 'كل الرسائل', mentions: 'الإشارات إليّ', mute: 'لا شيء' },
  sound: 'شغّل صوتًا',
  volume: 'مستوى الصوت',
  hear: 'استمع إليه',
  from: (nick, room) => `${nick} في ${room}`,
  location: 'شارك موقعًا',
};
