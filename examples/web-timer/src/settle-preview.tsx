import type { ResolutionPreview } from '@syncline/core';
import { changeLines, minuteWords, previewDay } from './settle-words.ts';

interface SettlePreviewProps {
  readonly preview: ResolutionPreview;
  readonly nameOf: (id: string) => string;
  readonly now: number;
}

/** What a choice would change: each session, each day, and the minutes that are counted. */
export function SettlePreview({ preview, nameOf, now }: SettlePreviewProps) {
  const { days, minutesBefore, minutesAfter, minutesMoved, doubleCountedBefore, doubleCountedAfter } = preview;
  return (
    <>
      <table>
        <caption>Sessions</caption>
        <thead><tr><th scope="col">Session</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
        <tbody>
          {changeLines(preview, nameOf).map(({ id, name, before, after, change }) => (
            <tr key={id} className={change}><th scope="row">{name}</th><td>{before}</td><td>{after}</td></tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>Time on each day</caption>
        <thead><tr><th scope="col">Day</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.day}><th scope="row">{previewDay(day.day, now)}</th><td>{minuteWords(day.minutesBefore)}</td><td>{minuteWords(day.minutesAfter)}</td></tr>
          ))}
          <tr><th scope="row">Counted twice</th><td>{minuteWords(doubleCountedBefore)}</td><td>{minuteWords(doubleCountedAfter)}</td></tr>
        </tbody>
      </table>
      <p><strong>Removed:</strong> {minuteWords(Math.max(0, minutesBefore - minutesAfter))}{minutesMoved > 0 && <> · <strong>Moved:</strong> {minuteWords(minutesMoved)}</>}</p>
    </>
  );
}
