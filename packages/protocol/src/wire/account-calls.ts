// Login, the extension's refresh and logout, health.
import * as z from 'zod/mini';
import { LIMITS } from '../rules/limits.ts';
import { closed, open, type Schema, text } from './schema.ts';

/** Body of `POST /api/login`. Strength rules apply when a password is set, not here. */
export interface LoginRequest {
  /** The user name, not an e-mail address. */
  readonly username: string;
  /** 1 to 256 characters. */
  readonly password: string;
}

/** Who is signed in. */
export interface AccountUser {
  readonly id: string;
  readonly username: string;
  readonly email?: string | undefined;
}

/** 200 of `POST /api/login`. Our server leaves `refresh_token` out: its refresh token is an HttpOnly cookie. */
export interface LoginResponse {
  readonly message: string;
  /** JWT for `Authorization: Bearer`. Never store it where other scripts read. */
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  readonly user: AccountUser;
}

/** 200 of `POST /api/auth/refresh` (extension): turns the refresh cookie into a new access token and a new cookie. */
export interface RefreshResponse {
  readonly message: string;
  readonly access_token: string;
  readonly user: AccountUser;
}

/** 200 of `POST /api/auth/logout` (extension): revokes this login and clears its cookie. */
export interface LogoutResponse {
  readonly success: true;
  readonly message: string;
}

/** An empty object; the body of calls that need none. */
export type EmptyRequest = Readonly<Record<never, never>>;

/**
 * What a server may offer beyond the documented calls. `exchange`, `stream`, `export`: the calls of the sync extension ·
 * `refresh`: the refresh and logout calls · `devices`: looking after devices.
 */
export type Capability = 'exchange' | 'stream' | 'export' | 'refresh' | 'devices' | 'clocks' | 'versions';

/** Answer of `GET /api/health`. Without `capabilities` the server is a basic one. */
export interface HealthResponse {
  /** `ok`; anything else means degraded. */
  readonly status: string;
  readonly version?: string | undefined;
  readonly time?: string | undefined;
  readonly capabilities?: readonly string[] | undefined;
}

/** Schema of {@link LoginRequest}. */
export const loginRequest: Schema<LoginRequest> = closed<LoginRequest>({
  username: text(LIMITS.usernameBytesMax, 1),
  password: z.string().check(z.minLength(1), z.maxLength(LIMITS.passwordCharsMax)),
});

const accountUser: Schema<AccountUser> = open<AccountUser>({
  id: z.string(),
  username: z.string(),
  email: z.optional(z.string()),
});

/** Schema of {@link LoginResponse}. */
export const loginResponse: Schema<LoginResponse> = open<LoginResponse>({
  message: z.string(),
  access_token: z.string(),
  refresh_token: z.optional(z.string()),
  user: accountUser,
});

/** Schema of {@link EmptyRequest}. */
export const emptyRequest: Schema<EmptyRequest> = closed<EmptyRequest>({});

/** Schema of {@link RefreshResponse}. */
export const refreshResponse: Schema<RefreshResponse> = open<RefreshResponse>({
  message: z.string(),
  access_token: z.string(),
  user: accountUser,
});

/** Schema of {@link LogoutResponse}. */
export const logoutResponse: Schema<LogoutResponse> = open<LogoutResponse>({
  success: z.literal(true),
  message: z.string(),
});

/** Schema of {@link HealthResponse}. */
export const healthResponse: Schema<HealthResponse> = open<HealthResponse>({
  status: z.string(),
  version: z.optional(z.string()),
  time: z.optional(z.string()),
  capabilities: z.optional(z.array(z.string())),
});
