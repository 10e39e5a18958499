import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { ERRORS } from './errors.ts';
import { EXAMPLES } from './openapi-examples.ts';
import { buildOpenApi } from './openapi.ts';
import { type CallName, CALLS, COMMON_ERRORS } from './wire/calls.ts';
import { parseWith } from './wire/parse.ts';
import { errorResponse } from './wire/status-call.ts';
import healthyFixture from './fixtures/sync-status.healthy.json' with { type: 'json' };

const document = JSON.parse(JSON.stringify(buildOpenApi({ version: '0.1.0' })));
const names = Object.keys(CALLS) as CallName[];

describe('buildOpenApi', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  it('would be told invalid if it were', async () => {
    const broken = structuredClone(document);
    broken.paths['/api/sync/status'].get.responses = 'none';
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  it('describes every call of the table and no other', () => {
    const described = Object.entries<Record<string, { operationId: string }>>(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => `${operation.operationId} ${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(names.map((name) => `${name} ${CALLS[name].method} ${CALLS[name].path}`).sort());
  });

  it.each(names)('%s: names every status it may answer, and asks for a token where one is needed', (name) => {
    const call = CALLS[name];
    const operation = document.paths[call.path][call.method.toLowerCase()];
    const statuses = [call.success, ...[...call.errors, ...COMMON_ERRORS].map((code) => ERRORS[code].status)].map(String);
    for (const status of statuses) {
      if (name === 'health' && status === '400') continue;
      expect(Object.keys(operation.responses)).toContain(status);
    }
    expect(operation.security).toEqual(call.auth === 'none' ? [] : [{ [call.auth]: [] }]);
  });

  it('resolves every reference it makes', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1] ?? '');
    expect(references.length).toBeGreaterThan(names.length);
    for (const name of references) expect(Object.keys(document.components.schemas)).toContain(name);
  });

  it('closes requests and opens answers', () => {
    expect(document.components.schemas.SubmitRequest).toMatchObject({ additionalProperties: false });
    expect(document.components.schemas.SubmitRequest.required).toHaveLength(8);
    expect(document.components.schemas.SyncStatusResponse.additionalProperties).toEqual({});
    expect(document.components.schemas.SubmitRequest.properties).toMatchObject({
      start_time: { format: 'date-time' },
      session_id: { format: 'uuid' },
      source: { pattern: '^[a-z0-9_]{1,32}$' },
      note: { maxLength: 4096 },
    });
    const hours = document.paths['/api/sync/status'].get.parameters.find((parameter: { name: string }) => parameter.name === 'last_hours');
    expect(hours).toMatchObject({ in: 'query', required: false });
  });

  it('gives the same document each time', () => {
    expect(JSON.stringify(buildOpenApi({ version: '0.1.0' }))).toBe(JSON.stringify(document));
  });
});

describe('examples', () => {
  it.each(names)('%s: has one, and it passes the schema of the call', (name) => {
    const example = EXAMPLES[name];
    const { request, response } = CALLS[name];
    expect(parseWith(response, example?.response)).toMatchObject({ ok: true });
    if (request !== null) expect(parseWith(request, example?.request)).toMatchObject({ ok: true });
  });

  it('shows the documented sample for the status call', () => {
    expect(EXAMPLES.syncStatus?.response).toEqual(healthyFixture.expect);
  });

  it('shows errors that pass the schema of errors', () => {
    const responses = document.paths['/api/pomodoro/submit'].post.responses;
    expect(parseWith(errorResponse, responses['400'].content['application/json'].examples.invalid_request.value)).toMatchObject({ ok: true });
    expect(Object.keys(responses['409'].content['application/json'].examples)).toEqual(['session_id_reused', 'session_final']);
  });
});
