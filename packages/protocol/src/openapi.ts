// The OpenAPI 3.1 document, made from the table of calls and the very schemas that judge requests and answers.
// An entry of its own, so that no browser bundle pays for it.
import * as z from 'zod/mini';
import { ERRORS, type ErrorCode } from './errors.ts';
import { EXAMPLES } from './openapi-examples.ts';
import { type Call, type CallName, CALLS, COMMON_ERRORS } from './wire/calls.ts';
import { HEADERS } from './wire/headers.ts';
import type { Schema } from './wire/schema.ts';
import { errorResponse } from './wire/status-call.ts';

type Json = Readonly<Record<string, unknown>>;

/** What {@link buildOpenApi} needs to know beyond the protocol. */
export interface OpenApiOptions {
  /** Version of the server, for `info.version`. */
  readonly version: string;
  /** Address of the server, for example `http://localhost:8080`. Default: the address the document came from. */
  readonly serverUrl?: string | undefined;
  /** Name of the refresh cookie. Default `__Host-syncline_refresh`. */
  readonly refreshCookie?: string | undefined;
}

/** The OpenAPI 3.1 document of every call, ready for `JSON.stringify`. Pure: equal options, equal document. */
export function buildOpenApi(options: OpenApiOptions): Json {
  const names = Object.keys(CALLS) as CallName[];
  const paths: Record<string, Record<string, Json>> = {};
  for (const name of names) {
    const call = CALLS[name];
    paths[call.path] = { ...paths[call.path], [call.method.toLowerCase()]: operation(name, call) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Syncline',
      version: options.version,
      summary: 'Focus sessions that sync.',
      description: 'The documented calls and the sync extension. Requests are closed: an unknown field is 400. Answers are open: more fields may come.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: options.serverUrl ?? '/' }],
    tags: [{ name: 'Documented' }, { name: 'Extension', description: 'Offered where `GET /api/health` lists the capability.' }],
    paths,
    components: {
      schemas: components(names),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        cookie: { type: 'apiKey', in: 'cookie', name: options.refreshCookie ?? '__Host-syncline_refresh' },
      },
    },
  };
}

function components(names: readonly CallName[]): Json {
  const schemas: Record<string, Json> = { ErrorResponse: jsonSchema(errorResponse, 'output') };
  for (const name of names) {
    const { request, response } = CALLS[name];
    if (request !== null) schemas[`${pascal(name)}Request`] = jsonSchema(request, 'input');
    schemas[answerName(name)] = jsonSchema(response, 'output');
  }
  return schemas;
}

function operation(name: CallName, call: Call): Json {
  const example = EXAMPLES[name];
  const parameters = [...pathParameters(call), ...queryParameters(call), ...headerParameters(call)];
  return {
    operationId: name,
    summary: call.summary,
    tags: [call.capability === null ? 'Documented' : 'Extension'],
    security: call.auth === 'none' ? [] : [{ [call.auth]: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(call.request === null
      ? {}
      : { requestBody: { required: true, content: content('application/json', `${pascal(name)}Request`, example?.request) } }),
    responses: { ...successes(name, call), ...failures(name, call) },
  };
}

function successes(name: CallName, call: Call): Json {
  const body = { content: content(call.contentType, answerName(name), EXAMPLES[name]?.response) };
  const repeated = call.success === 201 ? { 200: { description: 'Stored before: the first record again', ...body } } : {};
  return { ...repeated, [call.success]: { description: successWords(call), ...body } };
}

function successWords(call: Call): string {
  if (call.contentType === 'text/event-stream') return 'Server-sent events; the schema is that of one `data:` line';
  if (call.contentType === 'application/x-ndjson') return 'One JSON value a line; the schema is that of one line';
  return 'Success';
}

/** One response for each status; codes that share it are listed together, each with its example. */
function failures(name: CallName, call: Call): Json {
  const codesByStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set([...call.errors, ...COMMON_ERRORS])) {
    const { status } = ERRORS[code];
    codesByStatus.set(status, [...(codesByStatus.get(status) ?? []), code]);
  }
  const responses: Record<string, Json> = {};
  for (const [status, codes] of codesByStatus) {
    const examples = Object.fromEntries(codes.map((code) => [code, { value: errorExample(code) }]));
    responses[status] = {
      description: codes.map((code) => `\`${code}\``).join(', '),
      ...(status === 429 || status === 503 ? { headers: { 'Retry-After': { schema: { type: 'string' } } } } : {}),
      content: { 'application/json': { schema: reference('ErrorResponse'), examples } },
    };
  }
  if (name === 'health') delete responses[400];
  return responses;
}

function errorExample(code: ErrorCode): Json {
  return { error: ERRORS[code].message, code, request_id: '0f8fad5b-d9cb-469f-a165-70867728950e' };
}

function queryParameters(call: Call): Json[] {
  if (call.query === null) return [];
  const { properties } = jsonSchema(call.query, 'input') as { readonly properties?: Readonly<Record<string, Json>> };
  return Object.entries(properties ?? {}).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
}

function pathParameters({ path }: Call): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function headerParameters(call: Call): Json[] {
  if (call.auth !== 'bearer') return [];
  return [
    { name: HEADERS.appIdentifier, in: 'header', required: false, schema: { type: 'string' }, example: 'RegardingWork-Mac-v1.0' },
    { name: HEADERS.deviceId, in: 'header', required: false, schema: { type: 'string' }, example: 'mac-app-v1.2.3' },
    { name: HEADERS.sessionsPending, in: 'header', required: false, schema: { type: 'string', pattern: '^[0-9]+$' }, example: '2' },
  ];
}

function content(type: string, schemaName: string, example: unknown): Json {
  return { [type]: { schema: reference(schemaName), ...(example === undefined ? {} : { example }) } };
}

function reference(schemaName: string): Json {
  return { $ref: `#/components/schemas/${schemaName}` };
}

function answerName(name: CallName): string {
  return name === 'stream' ? 'StreamEvent' : name === 'export' ? 'ExportLine' : `${pascal(name)}Response`;
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function jsonSchema(schema: Schema<unknown>, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });
  return rest;
}
