const ALL = [
  ['light', 1280],
  ['dark', 360],
  ['dark', 1280],
  ['light', 360],
] as const;

/**
 * The color schemes and widths in which axe checks a screen: two, which are each color scheme and each width once; all four
 * with AXE=all, which takes twice as long.
 */
export const WINDOWS = process.env.AXE === 'all' ? ALL : ALL.slice(0, 2);
