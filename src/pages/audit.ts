import { html } from 'hono/html';
import type { AuditEntry } from '../store/records.ts';
import type { PageApp, PagesOptions } from './context.ts';
import { type Html, page, time } from './page.ts';

const PER_PAGE = 100;

/** Adds the page that lists the audit, newest first. */
export function routeAudit(app: PageApp, { admin }: Pick<PagesOptions, 'admin'>): void {
  app.get('/credentials/audit', async (c) => {
    const actor = c.req.query('actor') || undefined;
    const action = c.req.query('action') || undefined;
    const before = /^\d{1,15}$/.exec(c.req.query('before') ?? '')?.[0];
    const filter = { actor, action, before: before === undefined ? undefined : Number(before) };
    // One more tells whether there is another page.
    const entries = await admin.listAudit(c.var.actor, { ...filter, limit: PER_PAGE + 1 });
    const shown = entries.slice(0, PER_PAGE);
    const last = shown.at(-1);
    const kept = { ...(actor && { actor }), ...(action && { action }) };
    const older = entries.length > PER_PAGE && last && new URLSearchParams({ ...kept, before: `${last.id}` });
    return page(
      c,
      { title: 'Audit' },
      html`
<p>The changes of each caller, newest first. With <code>AUDIT_READS=on</code> also the accounts whose messages each caller read.</p>
<form class="filter" method="get" action="/credentials/audit">
<label>Actor <input name="actor" value="${actor ?? ''}" maxlength="256" autocomplete="off"></label>
<label>Action <input name="action" value="${action ?? ''}" maxlength="64" placeholder="messages.read" autocomplete="off"></label>
<button>Filter</button>
</form>
${shown.length === 0 ? html`<p class="muted">No entry.</p>` : tableOf(shown)}
<p>${older ? html`<a href="/credentials/audit?${older}">Older entries</a> · ` : null}<a href="/credentials">Credentials and API keys</a></p>`,
    );
  });
}

function tableOf(entries: readonly AuditEntry[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Entries of the audit"><table>
<thead><tr><th scope="col">Time</th><th scope="col">Actor</th><th scope="col">Action</th><th scope="col">Subject</th><th scope="col">From</th><th scope="col">Details</th></tr></thead>
<tbody>${entries.map(
    ({ at, actor, action, target, origin, detail }) => html`<tr>
<td>${time(at)}</td><td>${actor}</td><td>${action}</td><td><code>${target ?? ''}</code></td><td>${origin ?? ''}</td><td><code>${detail ? JSON.stringify(detail) : ''}</code></td>
</tr>`,
  )}</tbody></table></div>`;
}
