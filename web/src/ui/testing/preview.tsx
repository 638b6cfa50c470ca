// `npm run dev`, then /src/ui/testing/preview.html?scene=talk: the pages with a chat that needs no server.

import { render } from 'preact';
import { App } from '../app.tsx';
import { allWords } from '../strings/language.ts';
import { FakeChat } from './fake.ts';
import { playScene } from './scenes.ts';

const chat = new FakeChat();
playScene(chat, new URLSearchParams(location.search).get('scene') ?? 'talk');
Object.assign(globalThis, { chat });
const root = document.getElementById('app');
if (root !== null) {
  await allWords();
  render(<App chat={chat} />, root);
}
