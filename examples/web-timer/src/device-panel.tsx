import type { SyncEngine } from '@syncline/core';
import { useNow, useSource } from './use-source.ts';
import { ago, count, DEVICE_WORDS, deviceName } from './words.ts';

export function DevicePanel({ engine }: { readonly engine: SyncEngine }) {
  const { devices = [], local } = useSource(engine.status);
  const now = useNow(10_000);
  return (
    <section className="card" aria-label="Devices">
      <h2>Devices</h2>
      <ul className="rows">
        {devices.map((device) => (
          <li key={device.device_id} data-device-id={device.device_id} className="device">
            <span className="what">
              <strong>{deviceName(device.device_type)}</strong> {device.device_id === local.device_id && <span className="tag own">This device</span>}
              <span className="note">Seen {ago(device.last_seen, now - (local.clock_skew_ms ?? 0))} · version {device.version}</span>
            </span>
            <span className={`state ${device.sync_status}`}>
              {DEVICE_WORDS[device.sync_status] ?? device.sync_status}
              {device.sessions_pending > 0 && <span className="note">{count(device.sessions_pending, 'session')} waiting</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
