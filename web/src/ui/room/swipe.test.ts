import { expect, test, vi } from 'vitest';

vi.mock('../media.ts', () => ({ narrow: { peek: () => true }, slim: { peek: () => true } }));

const { swipedFrom, swipedTo } = await import('./swipe.ts');

// B1
test('only a straight movement from the edge inwards, far enough, is a swipe', () => {
  const at = (x: number, y = 100) => ({ x, y });
  expect(swipedFrom(at(10), at(80), 360)).toBe('left');
  expect(swipedFrom(at(350), at(280), 360)).toBe('right');
  expect(swipedFrom(at(10), at(30), 360)).toBeNull();
  expect(swipedFrom(at(100), at(180), 360)).toBeNull();
  expect(swipedFrom(at(10), at(80, 200), 360)).toBeNull();
  expect(swipedFrom(at(350), at(358), 360)).toBeNull();
});

// B1
test('from anywhere a straight movement, far enough, goes to a side', () => {
  const at = (x: number, y = 100) => ({ x, y });
  expect(swipedTo(at(250), at(150))).toBe('left');
  expect(swipedTo(at(100), at(200))).toBe('right');
  expect(swipedTo(at(250), at(220))).toBeNull();
  expect(swipedTo(at(250), at(150, 200))).toBeNull();
});
