// Two soft notes. Made here: no file is fetched for them.

const NOTES = [660, 880] as const;
const NOTE_S = 0.12;
/** Full volume of a sine wave hurts. */
const LOUDEST = 0.3;

let audio: AudioContext | null = null;

/** `volume` from 0 to 1. Silent where the page may not play anything yet. */
export function play(volume: number): void {
  if (typeof AudioContext === 'undefined' || volume <= 0) {
    return;
  }
  audio ??= new AudioContext();
  void audio.resume().catch(() => undefined); // not before somebody has touched the page
  NOTES.forEach((hertz, n) => {
    note(audio as AudioContext, hertz, { after: n * NOTE_S, volume: volume * LOUDEST });
  });
}

function note(on: AudioContext, hertz: number, { after, volume }: { after: number; volume: number }): void {
  const [wave, loud] = [on.createOscillator(), on.createGain()];
  const start = on.currentTime + after;
  wave.frequency.value = hertz;
  loud.gain.setValueAtTime(volume, start);
  loud.gain.exponentialRampToValueAtTime(0.001, start + NOTE_S);
  wave.connect(loud).connect(on.destination);
  wave.start(start);
  wave.stop(start + NOTE_S);
}
