import { useState } from 'react';
import { Dialog } from './dialog.tsx';
import { SHORTCUTS, shortcutsOn, switchShortcuts } from './shortcuts.ts';

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const [isOn, setOn] = useState(shortcutsOn);
  const change = (on: boolean): void => {
    switchShortcuts(on);
    setOn(on);
  };
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className="keys">
        {Object.entries(SHORTCUTS).map(([key, words]) => <div key={key}><dt><kbd>{key.toUpperCase()}</kbd></dt><dd>{words}</dd></div>)}
        <div><dt><kbd>Esc</kbd></dt><dd>Close a dialog</dd></div>
      </dl>
      <label className="check"><input type="checkbox" checked={isOn} onChange={(event) => change(event.target.checked)} />Use single keys when no field has the focus</label>
      <div className="actions"><button onClick={onClose}>Close</button></div>
    </Dialog>
  );
}
