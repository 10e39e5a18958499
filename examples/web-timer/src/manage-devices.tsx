import { type FormEvent, useEffect, useState } from 'react';
import type { DeviceInfo, SyncEngine } from '@syncline/core';
import { Dialog } from './dialog.tsx';
import { learnNames } from './device-names.ts';
import { deviceNote, deviceTitle } from './device-words.ts';
import { problemWords } from './problem-words.ts';

interface ManageDevicesProps {
  readonly engine: SyncEngine;
  readonly now: number;
  readonly onClose: () => void;
}

/** Names, signs out and forgets devices. The server does each; without it there is only the list of before. */
export function ManageDevices({ engine, now, onClose }: ManageDevicesProps) {
  const [devices, setDevices] = useState<readonly DeviceInfo[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const load = (): Promise<void> => engine.devices.list().then((found) => {
    setDevices(found);
    learnNames(engine.user, found);
  });
  useEffect(() => void load().catch((error: unknown) => setProblem(problemWords(error))), [engine]);
  const act = (work: Promise<void>, done: string): void => {
    setProblem(null);
    setSaid('');
    void work.then(load).then(() => setSaid(done)).catch((error: unknown) => setProblem(problemWords(error)));
  };
  return (
    <Dialog title="Your devices" onClose={onClose}>
      {devices === null && problem === null && <p className="muted">Asking the server…</p>}
      <ul className="rows" aria-label="Your devices">
        {devices?.map((device) => (
          <Managed
            key={device.deviceId} device={device} now={now}
            onRename={(name) => act(engine.devices.rename(device.deviceId, name), name === null ? 'Its own name shows again.' : 'Renamed.')}
            onSignOut={() => act(engine.devices.signOut(device.deviceId), `${deviceTitle(device)} is signed out.`)}
            onForget={() => act(engine.devices.forget(device.deviceId), `${deviceTitle(device)} is forgotten.`)}
          />
        ))}
      </ul>
      <p role="status" className="muted">{said}</p>
      {problem !== null && <p className="problem" role="alert">{problem}</p>}
      <div className="actions"><button className="quiet" onClick={onClose}>Close</button></div>
    </Dialog>
  );
}

interface ManagedProps {
  readonly device: DeviceInfo;
  readonly now: number;
  readonly onRename: (name: string | null) => void;
  readonly onSignOut: () => void;
  readonly onForget: () => void;
}

function Managed({ device, now, onRename, onSignOut, onForget }: ManagedProps) {
  const [open, setOpen] = useState<'name' | 'forget' | null>(null);
  const title = deviceTitle(device);
  const rename = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name')).trim();
    setOpen(null);
    onRename(name === '' ? null : name);
  };
  return (
    <li tabIndex={-1} className="managed" data-managed-id={device.deviceId}>
      <span className="what"><strong>{title}</strong>{device.isThisDevice && <span className="tag">This device</span>}<span className="note">{deviceNote(device, now)}</span></span>
      {open === 'name' && (
        <form className="inline" onSubmit={rename}>
          <input name="name" aria-label={`New name of ${title}`} defaultValue={device.name ?? ''} maxLength={60} autoFocus />
          <button className="primary">Save</button><button type="button" className="quiet" onClick={() => setOpen(null)}>Cancel</button>
        </form>
      )}
      {open === 'forget' && (
        <div className="inline">
          <span className="note">It is signed out and leaves the list. {device.sessionsPending > 0 ? 'What it has not sent stays on it.' : ''}</span>
          <button className="danger" onClick={() => (setOpen(null), onForget())}>Forget {title}</button><button className="quiet" onClick={() => setOpen(null)}>Cancel</button>
        </div>
      )}
      {open === null && (
        <div className="inline">
          <button aria-label={`Rename ${title}`} onClick={() => setOpen('name')}>Rename</button>
          {!device.isThisDevice && device.signedIn && <button aria-label={`Sign out ${title}`} onClick={onSignOut}>Sign out</button>}
          {!device.isThisDevice && <button aria-label={`Forget ${title}`} onClick={() => setOpen('forget')}>Forget…</button>}
        </div>
      )}
    </li>
  );
}
