// A request's JSON body, read no further than its cap.
import { LIMITS, parseWith, type Schema } from '@syncline/protocol';
import { isProblem, problem } from './problem.ts';

/** @throws Problem `unsupported_media_type`, `body_too_large` or `invalid_request` with every faulty field. */
export async function readBody(request: Request, schema: Schema<unknown>, bytesMax: number): Promise<unknown> {
  const parsed = parseWith(schema, await readJson(request, bytesMax), { maxDepth: LIMITS.jsonDepthMax });
  if (!parsed.ok) throw problem('invalid_request', { details: parsed.issues });
  return parsed.value;
}

/** The body as JSON, before anybody looked at it. @throws Problem `unsupported_media_type`, `body_too_large` or `invalid_request`. */
export async function readJson(request: Request, bytesMax: number): Promise<unknown> {
  const [type, ...parameters] = (request.headers.get('Content-Type') ?? '').split(';').map((part) => part.trim().toLowerCase());
  // JSON over HTTP is UTF-8; a body that says otherwise would be read as what it is not.
  const isOther = parameters.some((parameter) => parameter.startsWith('charset=') && !/^charset="?(utf-?8|us-ascii)"?$/.test(parameter));
  if (type !== 'application/json' || isOther) throw problem('unsupported_media_type');
  // A body in a coding that nobody undoes here would only look like broken JSON.
  const coding = (request.headers.get('Content-Encoding') ?? 'identity').trim().toLowerCase();
  if (coding !== 'identity' && coding !== '') throw problem('unsupported_media_type');
  const text = await readText(request, bytesMax);
  try {
    return JSON.parse(text);
  } catch {
    throw problem('invalid_request', { details: [{ path: '', message: 'must be JSON' }] });
  }
}

async function readText(request: Request, bytesMax: number): Promise<string> {
  if (Number(request.headers.get('Content-Length') ?? 0) > bytesMax) throw problem('body_too_large');
  if (request.body === null) return '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  let text = '';
  try {
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) throw problem('body_too_large');
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (thrown) {
    // Bytes that are no UTF-8.
    if (thrown instanceof TypeError) throw problem('invalid_request', { details: [{ path: '', message: 'must be UTF-8' }] });
    if (isProblem(thrown)) throw thrown;
    // The caller went away, or took too long, in the middle of it.
    throw problem('request_timeout');
  }
}
