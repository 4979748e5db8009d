import { createHash } from 'node:crypto';

/** The style of the page. It is inlined, so that the page takes one request; the policy contains its hash. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --text: #1c2128; --muted: #57606a; --back: #f6f7f9; --card: #fff; --line: #d0d5dc; --link: #0a4fb4;
  --accent: #0b57d0; --on-accent: #fff; --bad: #a8121f; --bad-back: #fdeeee;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e9ee; --muted: #a0a8b4; --back: #14171c; --card: #1d2127; --line: #3a414c; --link: #8ab8ff;
    --accent: #a8c7fa; --on-accent: #0a1f44; --bad: #ff9a9a; --bad-back: #3a1d20;
  }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--text); background: var(--back); overflow-wrap: anywhere; }
a { color: var(--link); }
header { padding: 0.875rem 1rem; text-align: center; background: var(--card); border-bottom: 1px solid var(--line); }
main { max-width: 34rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0 0 1rem; font-size: 1.625rem; line-height: 1.25; }
p { margin: 0 0 1rem; }
form { margin: 0 0 1.25rem; }
label { display: block; font-weight: 600; }
.muted, .hint { color: var(--muted); }
.hint, .wrong { display: block; margin-bottom: 0.5rem; font-size: 0.875rem; }
.wrong { color: var(--bad); }
.problem { padding: 0.75rem 1rem; border-left: 4px solid var(--bad); background: var(--bad-back); border-radius: 0.25rem; }
input {
  width: 100%; min-height: 2.75rem; margin-bottom: 0.5rem; padding: 0.375rem 0.75rem; font: inherit; color: inherit;
  background: var(--card); border: 1px solid var(--muted); border-radius: 0.375rem;
}
input[aria-invalid] { border: 2px solid var(--bad); }
button, .button {
  display: inline-block; min-height: 2.75rem; padding: 0.5rem 1.125rem; font: inherit; font-weight: 600; line-height: 1.625; text-decoration: none;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: 0.375rem; cursor: pointer;
}
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;

export const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
