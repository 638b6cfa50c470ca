import { expect, test } from 'vitest';
import css from '../styles/base.css?raw';
import { hueOf, initials } from './avatar.ts';

test('initials are those of the first and the last word', () => {
  expect(initials('ann')).toBe('A');
  expect(initials('Ann Marie  Lee')).toBe('AL');
  expect(initials('bob_the.builder')).toBe('BB');
  expect(initials('👩🏽‍🚀 Zoë')).toBe('👩🏽‍🚀Z');
  expect(initials('')).toBe('');
  expect(initials('-')).toBe('-');
});

test('one name has one hue', () => {
  expect(hueOf('Ann')).toBe(hueOf('ann'));
  const hues = new Set(Array.from({ length: 200 }, (_, i) => hueOf(`user ${i}`)));
  expect(hues.size).toBeGreaterThan(120);
});

// C6 (people), A5: the colours stand in the style sheet, so they are read from there.
test('initials are readable on every hue, light and dark', () => {
  const lightness = (name: string) => {
    const found = new RegExp(`--avatar-${name}: light-dark\\(([\\d.]+) ([\\d.]+), ([\\d.]+) ([\\d.]+)\\)`, 'u');
    return found.exec(css.replaceAll(/oklch\(([\d.]+) ([\d.]+) var\(--hue\)\)/gu, '$1 $2'));
  };
  const ground = lightness('ground');
  const ink = lightness('ink');
  for (let hue = 0; hue < 360; hue += 5) {
    for (const theme of [1, 3]) {
      const pair = [ground, ink].map((c) => luminance(Number(c?.[theme]), Number(c?.[theme + 1]), hue));
      expect(contrast(pair), `hue ${hue}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

function contrast(pair: readonly number[]): number {
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}

/** Relative luminance of an OKLCH colour, clipped to sRGB. */
function luminance(l: number, c: number, hue: number): number {
  const [a, b] = [c * Math.cos((hue * Math.PI) / 180), c * Math.sin((hue * Math.PI) / 180)];
  const x = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const y = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const z = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (v: number) => Math.min(1, Math.max(0, v));
  const red = clip(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z);
  const green = clip(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z);
  const blue = clip(-0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
