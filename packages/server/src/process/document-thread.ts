// Runs in a worker thread: decodes one document at a time. It knows nothing but the bytes it is given.
import { parentPort } from 'node:worker_threads';
import { type AnnotationJob, makeAnnotation } from '../documents/annotation-document.ts';
import { type PreferencesJob, syncPreferences } from '../documents/preferences-document.ts';

/** One piece of work. */
export type DocumentJob =
  | { readonly kind: 'preferences'; readonly job: PreferencesJob }
  | { readonly kind: 'annotation'; readonly job: AnnotationJob };

const port = parentPort;
port?.on('message', (work: DocumentJob) => {
  port.postMessage(work.kind === 'preferences' ? syncPreferences(work.job) : { made: makeAnnotation(work.job) }, []);
});
port?.postMessage('ready', []);
