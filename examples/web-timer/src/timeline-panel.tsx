import { addDays, addWeeks, format, isSameDay } from 'date-fns';
import { type CSSProperties, useMemo, useState } from 'react';
import type { SyncEngine } from '@syncline/core';
import { daysOf, hoursOf, type Lane, lanesOf, type Shown, type Span } from './timeline-view.ts';
import { useNow, useSource } from './use-source.ts';
import { dayWords } from './words.ts';

const LIMIT = 1000;
const SPANS: readonly (readonly [Span, string])[] = [['day', 'Day'], ['week', 'Week']];

/** A day or a week with a lane for each device. */
export function TimelinePanel({ engine }: { readonly engine: SyncEngine }) {
  const now = useNow(60_000);
  const [span, setSpan] = useState<Span>('day');
  const [day, setDay] = useState(now);
  const days = daysOf(span, day);
  const [from, to] = [days[0] as number, days.at(-1) as number];
  const source = useMemo(() => engine.sessions.observe({ from, to, limit: LIMIT, states: ['running', 'queued', 'sending', 'confirmed', 'parked'] }), [engine, from, to]);
  const shown: Shown = { sessions: useSource(source), elsewhere: useSource(engine.sessions.elsewhere), ownId: engine.deviceId, now };
  const hours = hoursOf(shown, days);
  const move = (by: number): void => setDay((span === 'day' ? addDays(day, by) : addWeeks(day, by)).getTime());
  const title = span === 'day' ? dayWords(from, now) : `${format(from, 'd MMM')} – ${format(addDays(to, -1), 'd MMM yyyy')}`;
  return (
    <section className="card timeline" aria-label="Timeline">
      <div className="heading">
        <h2>Timeline</h2>
        <div className="tabs" role="group" aria-label="Shown">
          {SPANS.map(([value, words]) => <button key={value} aria-pressed={span === value} onClick={() => setSpan(value)}>{words}</button>)}
        </div>
      </div>
      <div className="walk">
        <button aria-label={`Previous ${span}`} onClick={() => move(-1)}>‹</button>
        <strong aria-live="polite">{title}</strong>
        <button aria-label={`Next ${span}`} disabled={to > now} onClick={() => move(1)}>›</button>
        {!isSameDay(day, now) && <button className="link" onClick={() => setDay(now)}>Today</button>}
      </div>
      <Hours hours={hours} />
      {days.slice(0, -1).map((start, i) => (
        <Day key={start} title={span === 'week' ? format(start, 'EEE d') : null} lanes={lanesOf(shown, start, days[i + 1] as number, hours)} />
      ))}
    </section>
  );
}

function Hours({ hours: [from, to] }: { readonly hours: readonly [number, number] }) {
  const every = to - from > 12 ? 4 : 2;
  const marks = Array.from({ length: to - from }, (_, i) => from + i).filter((hour) => hour % every === 0);
  return (
    <div className="hours" aria-hidden="true">
      {marks.map((hour) => <span key={hour} style={{ left: `${((hour - from) / (to - from)) * 100}%` }}>{String(hour).padStart(2, '0')}</span>)}
    </div>
  );
}

function Day({ title, lanes }: { readonly title: string | null; readonly lanes: readonly Lane[] }) {
  return (
    <div className="day">
      {title !== null && <h3>{title}</h3>}
      {lanes.length === 0 && <p className="muted">{title === null ? 'Nothing was recorded on this day.' : '–'}</p>}
      {lanes.map((lane) => (
        <div key={lane.key} className="lane">
          <span className="note">{lane.title}</span>
          <ul aria-label={lane.title} style={{ '--rows': lane.rows } as CSSProperties}>
            {lane.blocks.map(({ id, left, width, row, overlaps, isRunning, name, label }) => (
              <li key={id} data-block-id={id} title={label} className={`block${overlaps ? ' overlaps' : ''}${isRunning ? ' running' : ''}`} style={{ left: `${left}%`, width: `${width}%`, '--row': row } as CSSProperties}>
                <span className="unseen">{label}</span><span aria-hidden="true">{name}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
