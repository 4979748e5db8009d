import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { useShortcuts } from '../shell/shortcuts.ts';
import { Icon } from '../ui/Icon.tsx';
import type { Filter, FilterKey } from './filter.ts';
import { suggest } from './suggest.ts';

interface FilterInputProps {
  readonly filter: Filter;
  readonly allowed: readonly FilterKey[];
  readonly onChange: (change: Partial<Filter>) => void;
}

/** A field that makes a condition of what is typed: a number, an error code, a status, or words of a text. */
export function FilterInput({ filter, allowed, onChange }: FilterInputProps) {
  const [text, setText] = useState('');
  const [index, setIndex] = useState(0);
  const [hasFocus, setFocus] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const suggestions = suggest(text, filter, allowed);
  const isOpen = hasFocus && suggestions.length > 0;
  const current = Math.min(index, Math.max(0, suggestions.length - 1));
  useShortcuts('Filters', [{ keys: '/', name: 'Filter', run: () => input.current?.focus() }]);

  const choose = (at: number) => {
    const suggestion = suggestions[at];
    if (!suggestion) return;
    setText('');
    setIndex(0);
    onChange(suggestion.change);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = suggestions.length - 1;
    if (event.key === 'ArrowDown' && isOpen) setIndex(current >= last ? 0 : current + 1);
    else if (event.key === 'ArrowUp' && isOpen) setIndex(current <= 0 ? last : current - 1);
    else if (event.key === 'Enter' && isOpen) choose(current);
    else if (event.key === 'Escape') {
      if (text) setText('');
      else input.current?.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="filter-input">
      <Icon name="search" />
      <input
        ref={input}
        role="combobox"
        aria-label="Filter by number, status, error code or text"
        aria-expanded={isOpen}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={isOpen ? `${id}-${current}` : undefined}
        aria-keyshortcuts="/"
        placeholder="Number, status, error code, text…"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setIndex(0);
        }}
        onFocus={() => setFocus(true)}
        onBlur={() => setFocus(false)}
        onKeyDown={onKeyDown}
      />
      <div id={id} role="listbox" aria-label="Conditions" className="suggestions" hidden={!isOpen}>
        {suggestions.map(({ name }, at) => (
          <div
            key={name}
            id={`${id}-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === current}
            className="suggestion"
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(at)}
          >
            <bdi>{name}</bdi>
          </div>
        ))}
      </div>
    </div>
  );
}
