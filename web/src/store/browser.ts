// The chat in a real browser.

import { browserEnvironment } from '../session/browser.ts';
import { createChat as createChatIn } from './chat.ts';
import type { Chat } from './types.ts';

export function createChat(signal?: AbortSignal): Chat {
  return createChatIn(browserEnvironment(), signal);
}
