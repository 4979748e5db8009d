import { useState } from 'react';
import { toGatewayError } from '../relay/gateway-error.ts';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/states.tsx';
import { downloadMessages, type ExportFormat } from './download.ts';

interface ExportDialogProps {
  /** What is exported, e.g. `These messages`. */
  readonly children: React.ReactNode;
  /** The parameters of the gateway's export. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly onClose: () => void;
}

/** Downloads what a screen shows, all pages of it. */
export default function ExportDialog({ children, parameters, onClose }: ExportDialogProps) {
  const [running, setRunning] = useState<ExportFormat | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const start = async (format: ExportFormat) => {
    setRunning(format);
    setProblem(null);
    try {
      await downloadMessages(format, parameters);
      announce('The file was downloaded');
      onClose();
    } catch (error) {
      setProblem(toGatewayError(error).message);
      setRunning(null);
    }
  };
  return (
    <Dialog title="Export" onClose={onClose}>
      <div className="stack">
        {children}
        <p className="muted">
          The file has all messages of these filters, up to the gateway's limit, with their fields as your
          field policy shows them. Its last line says whether it is complete.
        </p>
        {problem && <Notice tone="danger">{problem}</Notice>}
        {running && <p role="status">Preparing the file…</p>}
      </div>
      <footer className="row dialog-footer">
        <Button icon="download" disabled={running !== null} onClick={() => start('ndjson')}>
          JSON lines
        </Button>
        <Button kind="primary" icon="download" disabled={running !== null} onClick={() => start('csv')}>
          CSV
        </Button>
      </footer>
    </Dialog>
  );
}
