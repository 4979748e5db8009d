import { describe, expect, test } from 'vitest';
import { STYLE } from '../../src/sign-in/style.ts';

const [light = '', dark = ''] = [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(([, rules]) => rules);

function colorsOf(rules: string): Map<string, string> {
  return new Map(
    [...rules.matchAll(/--([\w-]+): (#[\da-f]+)/g)].map(([, name = '', color = '']) => [name, color]),
  );
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: string): number {
  const digits = color.length === 4 ? color.replace(/[\da-f]/g, '$&$&') : color;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ['light', light],
  ['dark', dark],
])('in %s mode', (_name, rules) => {
  const colors = colorsOf(rules);
  test.each([
    ...['text', 'muted', 'link', 'bad'].flatMap((name) => [
      [name, 'back'],
      [name, 'card'],
    ]),
    ['text', 'bad-back'],
    ['on-accent', 'accent'],
  ])('%s is readable on %s', (text, back) => {
    expect(contrast(colors.get(text) ?? '', colors.get(back) ?? '')).toBeGreaterThan(4.5);
  });

  test.each(['back', 'card'])('the focus is visible on %s', (back) => {
    expect(contrast(colors.get('accent') ?? '', colors.get(back) ?? '')).toBeGreaterThan(3);
  });
});

test('the contrast is computed correctly', () => {
  expect(contrast('#000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777', '#fff')).toBeCloseTo(4.48, 2);
});
