import type { TableColumn } from '../table/column.ts';
import { Checkbox } from '../ui/Field.tsx';
import { Menu } from '../ui/Menu.tsx';
import { COLUMNS, printColumns } from './columns.ts';

interface ColumnsMenuProps {
  readonly columns: readonly TableColumn[];
  /** Gets the columns as the fragment has them; null for the defaults. */
  readonly onChange: (columns: string | null) => void;
}

/** Chooses the columns of the list. */
export function ColumnsMenu({ columns, onChange }: ColumnsMenuProps) {
  const chosen = columns.map(({ key }) => key);
  return (
    <Menu label="Columns" icon="columns" iconOnly align="end">
      {() => (
        <fieldset className="filter-choices">
          <legend>Columns</legend>
          {COLUMNS.map(({ key, name }) => {
            const isChosen = chosen.includes(key);
            return (
              <Checkbox
                key={key}
                label={name}
                checked={isChosen}
                disabled={isChosen && chosen.length === 1}
                onChange={() =>
                  onChange(printColumns(isChosen ? chosen.filter((one) => one !== key) : [...chosen, key]))
                }
              />
            );
          })}
        </fieldset>
      )}
    </Menu>
  );
}
