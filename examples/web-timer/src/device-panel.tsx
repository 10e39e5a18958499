import { deviceTypeName, type DeviceStatus } from '@syncline/protocol';
import type { SyncEngine } from '@syncline/core';
import { Icon, type IconName } from './icons.tsx';
import { DEVICE_WORDS } from './status-words.ts';
import { useNow, useSource } from './use-source.ts';
import { ago, count } from './words.ts';

const ICONS: Readonly<Record<string, IconName>> = { up_to_date: 'check', pending: 'clock', stale: 'alert', offline: 'off' };

export function DevicePanel({ engine }: { readonly engine: SyncEngine }) {
  const { devices = [], active_devices: active, total_devices: total, local } = useSource(engine.status);
  const serverNow = useNow(10_000) - (local.clock_skew_ms ?? 0);
  const own = (device: DeviceStatus): boolean => device.device_id === local.device_id;
  const ordered = [...devices.filter(own), ...devices.filter((device) => !own(device))];
  return (
    <section className="card" aria-label="Devices">
      <div className="heading"><h2>Devices</h2><span className="muted">{active} of {total} active</span></div>
      <ul className="rows">
        {ordered.map((device) => (
          <li key={device.device_id} data-device-id={device.device_id} className="device">
            <span className="what">
              <strong>{deviceTypeName(device.device_type)}</strong>{own(device) && <span className="tag">This device</span>}
              <span className="note">{device.last_seen === null ? 'Never seen' : `Seen ${ago(device.last_seen, serverNow)}`} · {device.version}</span>
            </span>
            <span className="states">
              <span className={`state ${device.sync_status}`}><Icon name={ICONS[device.sync_status] ?? 'alert'} />{DEVICE_WORDS[device.sync_status] ?? device.sync_status}</span>
              {device.sessions_pending > 0 && <span className="note">{count(device.sessions_pending, 'session')} waiting</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
