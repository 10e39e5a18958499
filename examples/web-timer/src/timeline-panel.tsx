import { addDays, addWeeks, format, isSameDay } from 'date-fns';
import { type CSSProperties, type ReactNode, useMemo, useState } from 'react';
import type { SessionQuery, SyncEngine } from '@syncline/core';
import { SessionDetails } from './session-details.tsx';
import { daysOf, firstDay, hoursOf, isEven, type Lane, lanesOf, marksOf, type Shown, type Span, type Stretch, stretchOf } from './timeline-view.ts';
import { useDeviceNames } from './use-device-names.ts';
import { useNow, useSource } from './use-source.ts';
import { dayWords } from './words.ts';

const LIMIT = 1000;
const SPANS: readonly (readonly [Span, string])[] = [['day', 'Day'], ['week', 'Week']];
const STATES: SessionQuery['states'] = ['running', 'queued', 'sending', 'confirmed', 'parked'];

/** A day or a week with a lane for each device. */
export function TimelinePanel({ engine }: { readonly engine: SyncEngine }) {
  const now = useNow(60_000);
  const [span, setSpan] = useState<Span>('day');
  const [chosen, setDay] = useState<number | null>(null);
  const [opened, setOpened] = useState<string | null>(null);
  const [newest = null] = useSource(useMemo(() => engine.sessions.observe({ limit: 1, states: STATES }), [engine]));
  const elsewhere = useSource(engine.sessions.elsewhere);
  const day = chosen ?? firstDay(elsewhere.length > 0 ? now : newest && (newest.endTime ?? now), now);
  const days = daysOf(span, day);
  const [from, to] = [days[0] as number, days.at(-1) as number];
  const source = useMemo(() => engine.sessions.observe({ from, to, limit: LIMIT, states: STATES }), [engine, from, to]);
  const shown: Shown = { sessions: useSource(source), elsewhere, ownId: engine.deviceId, now, names: useDeviceNames(engine) };
  const hours = hoursOf(shown, days);
  const stretches = days.slice(0, -1).map((start, i) => stretchOf(start, days[i + 1] as number, hours));
  const usual = stretches.find((stretch) => isEven(stretch, hours)) ?? stretches[0];
  const move = (by: number): void => setDay((span === 'day' ? addDays(day, by) : addWeeks(day, by)).getTime());
  const title = span === 'day' ? dayWords(from, now) : `${format(from, 'd MMM')} – ${format(addDays(to, -1), 'd MMM yyyy')}`;
  return (
    <section tabIndex={-1} className="card timeline" aria-label="Timeline">
      <div className="heading">
        <h2>Timeline</h2>
        <div className="tabs" role="group" aria-label="Shown">
          {SPANS.map(([value, words]) => <button key={value} aria-pressed={span === value} onClick={() => setSpan(value)}>{words}</button>)}
        </div>
      </div>
      <div className="walk">
        <button aria-label={`Previous ${span}`} onClick={() => move(-1)}>‹</button>
        <strong aria-live="polite">{title}</strong>
        <button aria-label={`Next ${span}`} aria-disabled={to > now} onClick={() => to <= now && move(1)}>›</button>
        {!isSameDay(day, now) && <button className="link" onClick={() => setDay(now)}>Today</button>}
      </div>
      {usual !== undefined && <Hours stretch={usual} />}
      {stretches.map((stretch, i) => {
        const [start, end] = [days[i] as number, days[i + 1] as number];
        return (
          <Day key={start} title={span === 'week' ? format(start, 'EEE d') : null} lanes={lanesOf(shown, start, end, stretch)} onOpen={setOpened}>
            {usual !== undefined && stretch !== usual && !isEven(stretch, hours) && <Hours stretch={stretch} />}
          </Day>
        );
      })}
      {opened !== null && <SessionDetails engine={engine} id={opened} names={shown.names} onClose={() => setOpened(null)} />}
    </section>
  );
}

function Hours({ stretch }: { readonly stretch: Stretch }) {
  return (
    <div className="hours" aria-hidden="true">
      {marksOf(stretch).map(({ at, words, left }) => <span key={at} style={{ left: `${left}%` }}>{words}</span>)}
    </div>
  );
}

interface DayProps {
  readonly title: string | null;
  readonly lanes: readonly Lane[];
  readonly onOpen: (id: string) => void;
  /** Hours of its own, on a day on which clocks are changed. */
  readonly children: ReactNode;
}

function Day({ title, lanes, onOpen, children }: DayProps) {
  return (
    <div className="day">
      {title !== null && <h3>{title}</h3>}
      {lanes.length === 0 && <p className="muted">{title === null ? 'Nothing was recorded on this day.' : '–'}</p>}
      {lanes.length > 0 && children}
      {lanes.map((lane) => (
        <div key={lane.key} className="lane">
          <span className="note">{lane.title}</span>
          <ul aria-label={lane.title} style={{ '--rows': lane.rows } as CSSProperties}>
            {lane.blocks.map(({ id, left, width, row, overlaps, isRunning, name, label }) => (
              <li key={id} style={{ left: `${left}%`, width: `${width}%`, '--row': row } as CSSProperties}>
                <button data-block-id={id} title={label} aria-label={label} className={`block${overlaps ? ' overlaps' : ''}${isRunning ? ' running' : ''}`} onClick={() => onOpen(id)}>
                  <span aria-hidden="true">{name}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
