// The whole catalogue, before a test asks for a word.

import { allWords } from '../strings/language.ts';

await allWords();
