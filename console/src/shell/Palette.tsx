import { type KeyboardEvent, useId, useState } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { linkTo, messagePath } from '../url/use-url.ts';
import { allCommands, type Command } from './commands.ts';

/** Finds screens and actions by their name, messages by SID, and a person's messages by number. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const [index, setIndex] = useState(0);
  const id = useId();
  const found = find(text);
  const current = Math.min(index, Math.max(0, found.length - 1));
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = Math.max(0, found.length - 1);
    if (event.key === 'ArrowDown') setIndex(current >= last ? 0 : current + 1);
    else if (event.key === 'ArrowUp') setIndex(current <= 0 ? last : current - 1);
    else if (event.key === 'Enter') run(found[current]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Go to or do" onClose={onClose}>
      <div className="palette">
        <input
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={found.length > 0 ? `${id}-${current}` : undefined}
          aria-label="Screen, action, phone number or SID"
          placeholder="Screen, action, phone number or SID"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setIndex(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div id={id} role="listbox" aria-label="Found" className="palette-list">
          {found.map((command, at) => (
            <div
              key={command.name}
              id={`${id}-${at}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === current}
              className="palette-item"
              onClick={() => run(command)}
            >
              {command.icon && <Icon name={command.icon} />}
              <span>{command.name}</span>
              {command.keys && <kbd>{command.keys}</kbd>}
            </div>
          ))}
          {found.length === 0 && <p className="muted palette-item">Nothing has this name.</p>}
        </div>
      </div>
    </Dialog>
  );
}

const MAX_FOUND = 12;

function find(text: string): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const named = allCommands().filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  return [...byValue(text.trim()), ...named].slice(0, MAX_FOUND);
}

/** The entries that a value alone opens. */
function byValue(text: string): Command[] {
  const [, account, sid] = /^(?:(AC[0-9a-f]{32})\W+)?((?:SM|MM)[0-9a-f]{32})$/.exec(text) ?? [];
  if (sid) {
    return [
      {
        name: `Open message ${sid}`,
        icon: 'message',
        run: () => navigate(linkTo(messagePath(account ?? 'any', sid))),
      },
    ];
  }
  const number = text.replace(/[\s().-]/g, '');
  if (!/^(?:[a-z]+:)?\+\d{5,15}$/i.test(number)) return [];
  return [
    {
      name: `Messages with ${number}`,
      icon: 'message',
      run: () => navigate(linkTo('/messages', { with: number, range: 'all' })),
    },
  ];
}
