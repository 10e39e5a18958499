// The devices of a user, for a person to look after: list, name, forget, sign out.
import * as z from 'zod/mini';
import { LIMITS } from '../rules/limits.ts';
import { closed, name, open, openWord, type Schema } from './schema.ts';

/** A device as its owner sees it. */
export interface DeviceRecord {
  readonly device_id: string;
  readonly device_type: string;
  /** Version of the app. */
  readonly version: string;
  /** The name a person gave it, else the one it gave itself. */
  readonly name: string | null;
  /** A word of the status: `up_to_date`, `pending`, `stale`, `offline`. */
  readonly status: string;
  readonly last_seen: string | null;
  /** Sessions it held and had not delivered, as it last said. */
  readonly sessions_pending: number;
  /** When it said so. Null when it never did. */
  readonly pending_as_of: string | null;
  /** When the oldest of them was recorded, as the device said it. */
  readonly oldest_pending: string | null;
  /** First contact. */
  readonly created_at: string;
  /** Whether a login used by it still stands. */
  readonly signed_in: boolean;
}

/** 200 of `GET /api/devices`. Newest contact first, as in the status. */
export interface DevicesResponse {
  readonly devices: readonly DeviceRecord[];
  readonly server_time: string;
}

/** Body of `PUT /api/devices/{device_id}`. */
export interface DeviceNameRequest {
  /** The name a person gives it; null takes that back, and the device's own shows again. */
  readonly name: string | null;
}

/** 200 of `PUT /api/devices/{device_id}`. */
export interface DeviceResponse {
  readonly success: true;
  readonly device: DeviceRecord;
}

/** 200 of `DELETE /api/devices/{device_id}` and `POST /api/devices/{device_id}/sign-out`. */
export interface DeviceSignedOutResponse {
  readonly success: true;
  readonly message: string;
  /** Logins that ended. */
  readonly logins_ended: number;
}

const deviceRecord: Schema<DeviceRecord> = open<DeviceRecord>({
  device_id: z.string(),
  device_type: z.string(),
  version: z.string(),
  name: z.nullable(z.string()),
  status: openWord(['up_to_date', 'pending', 'stale', 'offline']),
  last_seen: z.nullable(z.string()),
  sessions_pending: z.number(),
  pending_as_of: z.nullable(z.string()),
  oldest_pending: z.nullable(z.string()),
  created_at: z.string(),
  signed_in: z.boolean(),
});

/** Schema of {@link DevicesResponse}. */
export const devicesResponse: Schema<DevicesResponse> = open<DevicesResponse>({ devices: z.array(deviceRecord), server_time: z.string() });

/** Schema of {@link DeviceNameRequest}. */
export const deviceNameRequest: Schema<DeviceNameRequest> = closed<DeviceNameRequest>({ name: z.nullable(name(LIMITS.deviceNameBytesMax)) });

/** Schema of {@link DeviceResponse}. */
export const deviceResponse: Schema<DeviceResponse> = open<DeviceResponse>({ success: z.literal(true), device: deviceRecord });

/** Schema of {@link DeviceSignedOutResponse}. */
export const deviceSignedOutResponse: Schema<DeviceSignedOutResponse> = open<DeviceSignedOutResponse>({
  success: z.literal(true), message: z.string(), logins_ended: z.number(),
});
