interface TimerRingProps {
  readonly clock: string;
  /** 0 to 1. */
  readonly fraction: number;
  readonly detail: string;
  readonly isIdle?: boolean;
  readonly isOver?: boolean;
}

const RADIUS = 94;
const ROUND = 2 * Math.PI * RADIUS;

/** The time, big, in a ring that fills. The ring is a picture; the words say the same. */
export function TimerRing({ clock, fraction, detail, isIdle = false, isOver = false }: TimerRingProps) {
  return (
    <div className={`ring${isIdle ? ' idle' : ''}${isOver ? ' over' : ''}`}>
      <svg viewBox="0 0 200 200" fill="none" aria-hidden="true">
        <circle className="track" cx="100" cy="100" r={RADIUS} />
        {fraction > 0 && <circle className="done" cx="100" cy="100" r={RADIUS} strokeDasharray={ROUND} strokeDashoffset={ROUND * (1 - fraction)} transform="rotate(-90 100 100)" />}
      </svg>
      <div className="ring-words">
        <p className={`clock${clock.length > 5 ? ' long' : ''}`} {...(isIdle ? { 'aria-hidden': true } : { role: 'timer', 'aria-label': isOver ? 'Time over' : 'Time left' })}>{clock}</p>
        <p className="muted">{detail}</p>
      </div>
    </div>
  );
}
