// A request's JSON body, read no further than its cap.
import { LIMITS, parseWith, type Schema } from '@syncline/protocol';
import { isProblem, type Problem, problem } from './problem.ts';

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
  const announced = request.headers.get('Content-Length');
  if (Number(announced ?? 0) > bytesMax) throw problem('body_too_large');
  const isBounded = announced !== null && !request.headers.has('Transfer-Encoding');
  const bytes = isBounded ? await readWhole(request) : await readBounded(request, bytesMax);
  // The listener lets no caller send more than it announced; a host without one might.
  if (bytes.byteLength > bytesMax) throw problem('body_too_large');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw problem('invalid_request', { details: [{ path: '', message: 'must be UTF-8' }] });
  }
}

/** Without a stream in between, which costs more than everything else about a small body. */
async function readWhole(request: Request): Promise<Uint8Array> {
  try {
    return new Uint8Array(await request.arrayBuffer());
  } catch {
    throw goneAway();
  }
}

async function readBounded(request: Request, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of (request.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) throw problem('body_too_large');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (thrown) {
    throw isProblem(thrown) ? thrown : goneAway();
  }
}

/** The caller went away, or took too long, in the middle of it. */
function goneAway(): Problem {
  return problem('request_timeout');
}
