// The connection, its indicator and its history, in Arabic.

import type { connection as English } from '../en/connection.ts';
import { counted, isolated, milliseconds, number, pause, SECONDS } from './grammar.ts';

export const connection: typeof English = {
  label: 'الاتصال',
  connecting: 'جارٍ الاتصال…',
  live: (transport, rttMs) =>
    rttMs === null ? isolated(transport) : `${isolated(transport)} · ${milliseconds(rttMs)}`,
  reconnecting: 'جارٍ إعادة الاتصال…',
  reconnectingIn: (seconds) => `إعادة الاتصال بعد ${counted(seconds, SECONDS)}`,
  retryNow: 'أعد المحاولة الآن',
  offline: 'غير متصل',
  closed: 'انقطع الاتصال',
  reconnect: 'إعادة الاتصال',
  trouble: 'انقطع الاتصال. سيُرسل ما تكتبه فور عودته.',
  offlineTrouble: 'أنت غير متصل بالشبكة. سيُرسل ما تكتبه فور عودتك.',
  back: 'عاد الاتصال.',
  kept: (time) => `من هذا الجهاز، كما كان في ${time}. سيُحدَّث حين يعود الاتصال.`,
  details: (state) => `تفاصيل الاتصال: ${state}`,
  close: 'إغلاق',
  transport: 'عبر',
  roundTrip: 'زمن الذهاب والإياب',
  since: 'منذ',
  milliseconds,
  unknown: 'لم يُقس بعد',
  state: 'الحالة',
  answers: 'اختبارات أُجيب عنها',
  answered: (answered, all) => `${number(answered)} من ${number(all)}`,
  resumed: 'استؤنفت',
  times: (count) => counted(count, TIMES),
  protocol: 'البروتوكول',
  server: 'الخادم',
  session: 'الجلسة',
  graph: (ms, { least, usual, most }) =>
    `زمن الذهاب والإياب خلال آخر ${pause(ms)}: بين ${least} و${most}، وعادةً ${usual}`,
  missing: 'دون WebTransport',
  why: {
    unsupported: 'هذا المتصفح لا يدعمه',
    notOffered: 'هذا الخادم لا يقدمه',
    silent: 'لم يصل رد عبر UDP في الوقت المناسب',
    failed: 'لم يستطع المتصفح الاتصال عبر UDP',
  },
  copy: 'انسخ بيانات التشخيص',
  copied: 'نُسخت بيانات التشخيص',
  copyHere: 'بيانات التشخيص، لنسخها يدويًا',
  changes: 'التغيرات',
  noChanges: 'لم يتغير الاتصال منذ فتح هذه الصفحة.',
  from: (from, to) => `${isolated(from)} ← ${isolated(to)}`,
  again: (transport) => `${isolated(transport)}، من جديد`,
  reason: {
    stalledUdp: 'توقف UDP عن الاستجابة',
    stalled: 'لم يعد يصل شيء',
    lost: 'انقطع الاتصال',
    better: 'عاد WebTransport إلى العمل',
    told: 'طلب الخادم إعادة الاتصال',
    network: 'انتقل هذا الجهاز إلى شبكة أخرى',
  },
  lasting: (from) => `انقطع ${isolated(from)}، ولا اتصال بعد`,
  unnoticed: 'دون انقطاع',
  paused: (ms) => `عاد بعد ${pause(ms)}`,
  failures: (count) => counted(count, FAILURES),
};

const FAILURES = {
  zero: 'لا محاولات فاشلة',
  one: 'محاولة فاشلة واحدة',
  two: 'محاولتان فاشلتان',
  few: '# محاولات فاشلة',
  many: '# محاولة فاشلة',
  other: '# محاولة فاشلة',
};

const TIMES = {
  zero: 'ولا مرة',
  one: 'مرة واحدة',
  two: 'مرتين',
  few: '# مرات',
  many: '# مرة',
  other: '# مرة',
};
