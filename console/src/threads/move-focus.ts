/** Moves the focus to the next or previous element of a kind, from the one that has it or holds it. */
export function moveFocus(selector: string, step: 1 | -1): void {
  const elements = [...document.querySelectorAll<HTMLElement>(selector)];
  const present = elements.findIndex((element) => element.contains(document.activeElement));
  const next = present === -1 ? (step === 1 ? 0 : elements.length - 1) : present + step;
  const element = elements[Math.max(0, Math.min(elements.length - 1, next))];
  element?.focus({ preventScroll: true });
  element?.scrollIntoView({ block: 'nearest' });
}
