// What the server and the session have to say, in Arabic.

import type { Sentence } from '../../../store/types.ts';
import type { lines as EnglishLines } from '../en/server.ts';
import { isolated } from './grammar.ts';

export const sentences: Record<NonNullable<Sentence['code']>, string> = {
  Welcome: 'أهلًا وسهلًا!',
  NoAnswer: 'لا رد من الخادم.',
  NotKept: 'لا يستطيع هذا المتصفح حفظ ما لم يُرسل بعد: إن أُغلقت الصفحة قبل إرساله ضاع.',
  HasLeft: 'لقد غادرت.',
  NotNow: 'هذا غير ممكن الآن.',
  NotInARoom: 'لست في أي غرفة.',
  Closed: 'أُغلقت المحادثة.',
  TopicTooLong: 'الحد الأقصى للموضوع 200 حرف.',
  TopicNotOneLine: 'الموضوع سطر واحد من أحرف يمكن عرضها.',
  SearchTooLong: 'نص البحث أطول من المسموح.',
  NameOrRoomMissing: 'اسم المستخدم والغرفة مطلوبان!',
  NameInvalid: 'هذا الاسم أطول من المسموح بالأحرف أو بالبايتات، أو فيه أحرف لا تُرى.',
  RoomInvalid: 'اسم الغرفة أطول من المسموح بالأحرف أو بالبايتات، أو فيه أحرف لا تُرى.',
  NameInUse: 'اسم المستخدم مستعمل!',
  NameReserved: 'هذا الاسم محجوز.',
  RoomFull: 'الغرفة ممتلئة.',
  TooManyRooms: 'أنت في أكبر عدد مسموح به من الغرف.',
  ServerFull: 'الخادم ممتلئ.',
  NotJoined: 'ادخل غرفة أولًا.',
  AlreadyJoined: 'أنت في غرفة هنا بالفعل.',
  Profanity: 'الألفاظ النابية غير مسموح بها!',
  Blank: 'لا يمكن أن تكون الرسالة فارغة.',
  TooLong: 'الرسالة أطول من المسموح.',
  Unprintable: 'في الرسالة أحرف لا يمكن عرضها.',
  NotOnGlobe: 'هذا الموقع ليس على الكرة الأرضية.',
  NumberSkipped: 'تنقص رسالة قبل هذه.',
  TooFast: 'أنت ترسل بسرعة زائدة.',
  LogUnavailable: 'لا يمكن حفظ الرسالة الآن.',
  Busy: 'لم يُجب بعد عن السؤال السابق.',
  NotYours: 'هذه رسالة شخص آخر.',
  NotThere: 'لم تعد هذه الرسالة موجودة.',
  TooManyReactions: 'على هذه الرسالة أكبر عدد مسموح به من التفاعلات.',
  NotAnEmoji: 'التفاعل رمز تعبيري واحد.',
  NotHere: 'لم يعد أحد بهذا الاسم هنا.',
  Draining: 'الخادم يُعاد تشغيله.',
  Slow: 'لم يستطع هذا الجهاز مجاراة ما يصل.',
  Replaced: 'فُتحت هذه المحادثة في مكان آخر.',
  Malformed: 'لم يفهم الخادم هذه الصفحة.',
  Version: 'هذه الصفحة قديمة: أعد تحميلها.',
  Timeout: 'انتهت مهلة الاتصال.',
  Full: 'الخادم ممتلئ.',
  TokenReused: 'استُعملت هذه الجلسة في مكان آخر، فانتهت.',
  Goodbye: 'إلى اللقاء.',
};

export const lines: typeof EnglishLines = {
  joined: (nick) => `انضم ${isolated(nick)}!`,
  left: (nick) => `غادر ${isolated(nick)}!`,
  topic: (nick, topic) => `حدّد ${isolated(nick)} الموضوع: ${isolated(topic)}`,
  topicCleared: (nick) => `مسح ${isolated(nick)} الموضوع`,
};
