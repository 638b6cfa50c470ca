// Runs inside the page, before its own scripts: notes when things came onto the screen, and how steadily it is drawn. All
// times are milliseconds since the navigation began.

type Input = 'keydown' | 'click' | 'input';

const GIVE_UP_MS = 30_000;
/** When the last of each kind came. */
const at: Record<Input, number> = { keydown: 0, click: 0, input: 0 };

for (const kind of ['keydown', 'click', 'input'] as const) {
  addEventListener(
    kind,
    (event) => {
      at[kind] = event.timeStamp;
    },
    { capture: true },
  );
}

/** Runs when the page has done its part of the frame that is being made. */
function afterFrame(run: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    run();
  };
  port2.postMessage(null);
}

/** Resolves with the end of the first frame in which this is so; rejects after a while. */
function framed(is: () => boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    // What changes while a frame is made, is in that frame.
    let making = false;
    let found = false;
    const look = (): void => {
      if (!found && is()) {
        found = true;
        changed.disconnect();
        const end = () => resolve(performance.now());
        if (making) {
          afterFrame(end);
        } else {
          requestAnimationFrame(() => afterFrame(end));
        }
      }
    };
    const changed = new MutationObserver(look);
    changed.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    const frame = (): void => {
      making = true;
      afterFrame(() => {
        making = false;
      });
      look();
      if (performance.now() - began > GIVE_UP_MS) {
        changed.disconnect();
        reject(new Error(`never: ${is}`));
      } else if (!found) {
        requestAnimationFrame(frame);
      }
    };
    requestAnimationFrame(frame);
  });
}

/** From an input that comes after this call to the frame in which this is so. */
async function answers(input: Input, is: () => boolean): Promise<number> {
  const shown = await framed(is);
  return shown - at[input];
}

// --- the start ---

const start = { usable: 0, firstMessage: 0 };

function field(): HTMLTextAreaElement | null {
  return document.querySelector<HTMLTextAreaElement>('textarea[aria-label=Message]:enabled');
}

/** The composer accepts, and the room is shown. */
void framed(() => field() !== null && document.querySelector('[role=log] [data-row]') !== null).then(
  (when) => {
    start.usable = when;
  },
  () => undefined,
);
void framed(() => document.querySelector('[role=log] article') !== null).then(
  (when) => {
    start.firstMessage = when;
  },
  () => undefined,
);

function firstPaint(): number {
  return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
}

// --- frames ---

interface Frames {
  /** Between two of them each. */
  readonly gaps: number[];
  /** Tasks of the main thread over 50 ms, whatever the reason. */
  readonly longTasks: number[];
  /** From a key in the composer to the end of the frame that shows it. */
  readonly keys: number[];
  /** How often the list of messages was changed. */
  changes: number;
}

let watched: Frames | null = null;

if (PerformanceObserver.supportedEntryTypes.includes('longtask')) {
  new PerformanceObserver((list) => {
    watched?.longTasks.push(...list.getEntries().map(({ duration }) => duration));
  }).observe({ type: 'longtask' });
}

function watchFrames(): void {
  const frames: Frames = { gaps: [], longTasks: [], keys: [], changes: 0 };
  watched = frames;
  const list = document.querySelector('[role=log] .rows');
  if (list !== null) {
    new MutationObserver(() => {
      frames.changes += 1;
    }).observe(list, { childList: true });
  }
  let last = performance.now();
  const frame = (): void => {
    const now = performance.now();
    frames.gaps.push(now - last);
    last = now;
    if (watched === frames) {
      requestAnimationFrame(frame);
    }
  };
  requestAnimationFrame(frame);
}

addEventListener(
  'input',
  ({ target }) => {
    const [frames, pressed] = [watched, at.keydown];
    if (frames !== null && target === field()) {
      requestAnimationFrame(() => afterFrame(() => frames.keys.push(performance.now() - pressed)));
    }
  },
  { capture: true },
);

function frames(): Frames {
  const told = watched ?? { gaps: [], longTasks: [], keys: [], changes: 0 };
  watched = null;
  return told;
}

// --- what is there ---

const NUMBER = /message (\d+)\./;

/** The number of the newest message in the document. */
function newest(): number {
  const last = [...document.querySelectorAll('[role=log] article')].at(-1);
  return Number(NUMBER.exec(last?.textContent ?? '')?.[1] ?? 0);
}

/** Rows of the list that are in the document. */
function rows(): number {
  return document.querySelector('[role=log] .rows')?.childElementCount ?? 0;
}

/** How long a fixed piece of work takes here: tells whether a slow-down is in effect. */
function work(): number {
  const began = performance.now();
  let sum = 0;
  for (let n = 0; n < 20_000_000; n += 1) {
    sum += n % 7;
  }
  return performance.now() - began + (sum < 0 ? 1 : 0);
}

const watch = {
  framed,
  answers,
  start: () => ({ firstPaint: firstPaint(), ...start }),
  watchFrames,
  frames,
  newest,
  rows,
  work,
};

export type Watch = typeof watch;

declare global {
  var chinwagWatch: Watch;
}

globalThis.chinwagWatch ??= watch;
