import { Dialog } from '../ui/Dialog.tsx';
import { Checkbox } from '../ui/Field.tsx';
import { setPreference, usePreferences } from './preferences.ts';
import { shortcutGroups } from './shortcuts.ts';

/** The shortcuts of the present screen, and their switch. */
export function Help({ onClose }: { readonly onClose: () => void }) {
  const { shortcuts } = usePreferences();
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} wide>
      <div className="help">
        {shortcutGroups().map(({ title, shortcuts: group }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl className="help-list">
              {group.map(({ keys, name }) => (
                <div key={keys}>
                  <dt>
                    {keys.split(' ').map((key) => (
                      <kbd key={key}>{key === 'Escape' ? 'Esc' : key}</kbd>
                    ))}
                  </dt>
                  <dd>{name}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Checkbox
        label="Single letters are shortcuts. Switch them off if you use speech input."
        checked={shortcuts === 'on'}
        onChange={(on) => setPreference('shortcuts', on ? 'on' : 'off')}
      />
    </Dialog>
  );
}
