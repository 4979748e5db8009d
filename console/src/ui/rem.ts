/** The size of the page's text in pixels, which a reader may choose. */
export const remOf = (): number =>
  Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 14;
