// The few pictures of the page, drawn in its text colour. Decoration only: words always stand beside them.
const PATHS = {
  check: 'M3.5 8.5l3 3 6-7',
  clock: 'M8 4.5V8l2.5 1.5M8 14A6 6 0 108 2a6 6 0 000 12z',
  up: 'M8 13V3.5M4 7.5l4-4 4 4',
  alert: 'M8 5v4M8 11.5v.01M8 14A6 6 0 108 2a6 6 0 000 12z',
  plus: 'M8 3v10M3 8h10',
  cross: 'M4 4l8 8M12 4l-8 8',
  overlap: 'M2.5 4.5h7v5h-7zM6.5 7.5h7v5h-7z',
  sync: 'M13 6A5.5 5.5 0 003.5 4.5L2.5 6M2.5 2.5V6H6M3 10a5.5 5.5 0 009.5 1.5l1-1.5M13.5 13.5V10H10',
  moon: 'M13.5 9.5A6 6 0 016.5 2.5a6 6 0 107 7z',
  sun: 'M8 11a3 3 0 100-6 3 3 0 000 6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  screen: 'M2 3h12v8H2zM6 14h4M8 11v3',
  off: 'M2 2l12 12M4.6 8.1A5 5 0 018 6.7M11.4 8.1l-.4-.3M2.3 5.5A8 8 0 015 3.9M13.7 5.5A8.3 8.3 0 008 3.2M6.5 10.3a2.2 2.2 0 013 0M8 12.6v.01',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Two courses that drift apart and meet again. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" width="24" height="24" fill="none" strokeWidth="2.5" strokeLinecap="round" aria-hidden="true">
      <path className="mark-a" d="M2 12c4 0 4-6 8-6s8 6 12 6" />
      <path className="mark-b" d="M2 12c4 0 6 6 10 6s6-6 10-6" />
    </svg>
  );
}
