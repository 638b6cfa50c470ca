// Every word that people read stands in strings/, one folder a language, one file an area. What English has, every
// other language must have: the compiler sees to it. Read a word where it is drawn, not once for all at the top of a
// module: the language can change.

export { strings } from './strings/language.ts';
