import { useState } from 'react';
import { deviceTypeName, type DeviceStatus } from '@syncline/protocol';
import type { SyncEngine } from '@syncline/core';
import { Icon, type IconName } from './icons.tsx';
import { ManageDevices } from './manage-devices.tsx';
import { DEVICE_WORDS } from './status-words.ts';
import { useDeviceNames } from './use-device-names.ts';
import { useNow, useSource } from './use-source.ts';
import { ago, count } from './words.ts';

const ICONS: Readonly<Record<string, IconName>> = { up_to_date: 'check', pending: 'clock', stale: 'alert', offline: 'off' };

export function DevicePanel({ engine }: { readonly engine: SyncEngine }) {
  const { devices = [], active_devices: active, total_devices: total, local } = useSource(engine.status);
  const serverNow = useNow(10_000) - (local.clock_skew_ms ?? 0);
  const names = useDeviceNames(engine);
  const [isManaging, setManaging] = useState(false);
  const own = (device: DeviceStatus): boolean => device.device_id === local.device_id;
  const ordered = [...devices.filter(own), ...devices.filter((device) => !own(device))];
  const absent = ordered.filter((device) => !own(device) && device.sync_status === 'offline' && device.sessions_pending === 0);
  const row = (device: DeviceStatus) => <DeviceRow key={device.device_id} device={device} name={names.get(device.device_id)} isOwn={own(device)} now={serverNow} />;
  return (
    <section className="card" aria-label="Devices">
      <div className="heading"><h2>Devices</h2><span className="muted">{active} of {total} active</span></div>
      <ul className="rows">{ordered.filter((device) => !absent.includes(device)).map(row)}</ul>
      {absent.length > 0 && (
        <details>
          <summary>{count(absent.length, 'device')} not seen lately</summary>
          <ul className="rows">{absent.map(row)}</ul>
        </details>
      )}
      <p className="aside"><button className="link" onClick={() => setManaging(true)}>Manage devices…</button></p>
      {isManaging && <ManageDevices engine={engine} now={serverNow} onClose={() => setManaging(false)} />}
    </section>
  );
}

interface DeviceRowProps {
  readonly device: DeviceStatus;
  /** What people call it, where that is known. */
  readonly name: string | undefined;
  readonly isOwn: boolean;
  /** In server time. */
  readonly now: number;
}

function DeviceRow({ device, name, isOwn, now }: DeviceRowProps) {
  const { device_id: id, device_type: type, last_seen: seen, sync_status: word, sessions_pending: pending, version } = device;
  return (
    <li data-device-id={id} className="device">
      <span className="what">
        <strong>{name ?? deviceTypeName(type)}</strong>{isOwn && <span className="tag">This device</span>}
        <span className="note">{seen === null ? 'Never seen' : `Seen ${ago(seen, now)}`} · {version}</span>
      </span>
      <span className="states">
        <span className={`state ${word}`}><Icon name={ICONS[word] ?? 'alert'} />{DEVICE_WORDS[word] ?? word}</span>
        {pending > 0 && <span className="note">{count(pending, 'session')} waiting</span>}
      </span>
    </li>
  );
}
