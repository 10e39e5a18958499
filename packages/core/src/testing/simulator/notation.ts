// Histories on one line, as everywhere in this project: `A1 B1 | A2`.
// A letter is a device, its number counts what people did there, a bar is the moment at which the way to the
// server breaks or heals. What breaks otherwise stands in braces: `A1 {A kill} A2`.
import type { Action, Plan } from './action.ts';
import { isFault } from './action.ts';

/** `A` for the first device. */
export function deviceLetter(index: number): string {
  return String.fromCharCode(65 + (index % 26));
}

/** The whole plan on one line. */
export function printHistory(plan: Plan): string {
  const counts = new Map<number, number>();
  const parts: string[] = [];
  for (const moment of moments(plan)) {
    if (moment === '|') parts.push('|');
    else if (isFault(moment)) parts.push(`{${faultText(moment)}}`);
    else if ('device' in moment) {
      const number = (counts.get(moment.device) ?? 0) + 1;
      counts.set(moment.device, number);
      const verb = moment.do === 'record' ? '' : `:${moment.do}`;
      parts.push(`${deviceLetter(moment.device)}${number}${verb}`);
    }
  }
  return parts.join(' ');
}

/** The plan for reading: the line, the devices, and each action with its instant. */
export function printPlan(plan: Plan): string {
  const devices = plan.devices.map((device, index) => {
    const clock = device.clockAheadMs === 0 ? '' : `, clock ${device.clockAheadMs} ms ahead`;
    return `  ${deviceLetter(index)}  user ${device.user}, ${device.type}, ${device.tabs} tab(s), ${device.latencyMs} ms away${clock}`;
  });
  const actions = plan.actions.map((action) => `  ${String(action.at).padStart(8)} ms  ${describe(action)}`);
  return [printHistory(plan), ...devices, ...actions].join('\n');
}

function moments(plan: Plan): (Action | '|')[] {
  const list: { readonly at: number; readonly what: Action | '|' }[] = [];
  for (const action of plan.actions) {
    const parts = action.do === 'net' && action.fault === 'cut';
    list.push({ at: action.at, what: parts ? '|' : action });
    if (parts) list.push({ at: action.at + action.forMs, what: '|' });
  }
  return list.sort((a, b) => a.at - b.at).map((entry) => entry.what);
}

function faultText(action: Action): string {
  const place = 'device' in action ? `${deviceLetter(action.device)}${'tab' in action ? action.tab : ''} ` : '';
  const name = action.do === 'net' ? action.fault : action.do;
  return `${place}${name}`;
}

function describe(action: Action): string {
  const { at: _at, do: name, ...rest } = action;
  const fields = Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => (key === 'device' ? `device ${deviceLetter(Number(value))}` : `${key} ${String(value)}`));
  return [name, ...fields].join(' · ');
}
