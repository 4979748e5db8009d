import { createHash } from 'node:crypto';

/** The style of all pages. It is inlined, so that a page takes one request; the policy contains its hash. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --text: #1c2128; --muted: #57606a; --back: #f6f7f9; --card: #fff; --line: #d0d5dc; --link: #0a4fb4;
  --accent: #0b57d0; --on-accent: #fff; --good: #126b33; --bad: #a8121f; --bad-back: #fdeeee; --note-back: #eaf2ff;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e9ee; --muted: #a0a8b4; --back: #14171c; --card: #1d2127; --line: #3a414c; --link: #8ab8ff;
    --accent: #a8c7fa; --on-accent: #0a1f44; --good: #6fd08c; --bad: #ff9a9a; --bad-back: #3a1d20; --note-back: #1a2a44;
  }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--text); background: var(--back); }
a { color: var(--link); }
.bar, main { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
header { background: var(--card); border-bottom: 1px solid var(--line); }
.bar { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: center; min-height: 3.25rem; padding-block: 0.5rem; }
.bar strong { margin-right: auto; }
.bar nav { display: flex; gap: 1.25rem; }
.bar form { display: flex; gap: 0.75rem; align-items: center; }
main { padding-block: 1.5rem 4rem; }
h1 { margin: 0 0 1rem; font-size: 1.625rem; line-height: 1.25; }
h2 { margin: 0; font-size: 1.25rem; }
h3 { margin: 0; font-size: 1.0625rem; }
h1, h2, h3, p, li, dd { overflow-wrap: anywhere; }
p { margin: 0 0 1rem; max-width: 42rem; }
code { font: 0.875em/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; }
dl { display: grid; grid-template-columns: minmax(6.5rem, max-content) minmax(0, 1fr); gap: 0.25rem 1rem; margin: 0.75rem 0; }
dt { color: var(--muted); }
dd { margin: 0; }
ul { list-style: none; margin: 0; padding: 0; }
dl:only-child { margin: 0; }
.section { display: flex; flex-wrap: wrap; gap: 0.75rem 1.25rem; align-items: center; margin: 2rem 0 0.75rem; }
.section h2 { margin-right: auto; }
.cards { display: grid; gap: 1rem; }
.card { position: relative; padding: 1rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; }
div.card { margin-bottom: 1rem; }
.title { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: center; }
.tag { padding: 0 0.5rem; font-size: 0.875rem; color: var(--muted); border: 1px solid var(--line); border-radius: 1rem; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.muted { color: var(--muted); }
.permissions { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; align-items: center; margin-top: 0.75rem; }
.note { padding: 0.75rem 1rem; border-left: 4px solid var(--accent); background: var(--note-back); border-radius: 0.25rem; }
.problem { padding: 0.75rem 1rem; border-left: 4px solid var(--bad); background: var(--bad-back); border-radius: 0.25rem; }
.token { display: block; padding: 0.75rem 1rem; overflow-wrap: anywhere; background: var(--card); border: 1px solid var(--line); border-radius: 0.375rem; user-select: all; }
.fields { max-width: 32rem; }
.field { position: relative; margin: 0 0 1.25rem; padding: 0; border: 0; min-width: 0; }
label, legend { display: block; padding: 0; font-weight: 600; }
.choice { display: flex; gap: 0.625rem; align-items: baseline; padding: 0.25rem 0; font-weight: 400; overflow-wrap: anywhere; }
.hint { display: block; font-size: 0.875rem; color: var(--muted); }
.wrong { display: block; margin-top: 0.5rem; font-size: 0.875rem; color: var(--bad); }
input:not([type=checkbox]):not([type=radio]) {
  width: 100%; min-height: 2.75rem; margin-top: 0.5rem; padding: 0.375rem 0.75rem; font: inherit; color: inherit;
  background: var(--card); border: 1px solid var(--muted); border-radius: 0.375rem;
}
input[aria-invalid] { border: 2px solid var(--bad) !important; }
input[type=checkbox], input[type=radio] { width: 1.125rem; height: 1.125rem; margin: 0; flex: none; accent-color: var(--accent); transform: translateY(0.15rem); }
button, .button {
  display: inline-block; min-height: 2.75rem; padding: 0.5rem 1.125rem; font: inherit; font-weight: 600; line-height: 1.625; text-decoration: none;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: 0.375rem; cursor: pointer;
}
button.quiet { min-height: 0; padding: 0; font-weight: 400; line-height: inherit; color: var(--link); background: none; border: 0; text-decoration: underline; }
button.danger { color: var(--bad); background: transparent; border-color: var(--bad); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.scroll { overflow-x: auto; margin: 0 0 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.875rem; }
th, td { padding: 0.5rem 0.75rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--muted); font-weight: 600; }
td { min-width: 6rem; }
.filter { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: end; margin: 0 0 1rem; }
@media (max-width: 30rem) {
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: 0.5rem; }
  .permissions { display: block; }
  .card { padding: 0.875rem 1rem; }
}
`;

export const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
