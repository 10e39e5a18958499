// What the service knows of a user: user data, preferences, analytics.
import * as z from 'zod/mini';
import { LIMITS } from '../rules/limits.ts';
import { isTimeZone } from '../rules/time-zone.ts';
import { closed, open, type Schema, type ShapeOf, text, whole } from './schema.ts';
import { queryWhole } from './query.ts';

/** Every documented preference. */
export interface Preferences {
  /** Sessions a day, 1 to 20. */
  readonly daily_goal?: number | undefined;
  /** Minutes, 5 to 120. */
  readonly default_duration?: number | undefined;
  /** Minutes, 1 to 30. */
  readonly short_break_duration?: number | undefined;
  /** Minutes, 5 to 60. */
  readonly long_break_duration?: number | undefined;
  readonly notification_sound?: 'chime' | 'bell' | 'soft' | 'none' | undefined;
  readonly theme_preference?: 'light' | 'dark' | 'auto' | undefined;
  /** IANA name, for example `Europe/Berlin`. */
  readonly timezone?: string | undefined;
  readonly public_leaderboard?: boolean | undefined;
  readonly email_notifications?: boolean | undefined;
  readonly slack_notifications?: boolean | undefined;
  readonly auto_start_breaks?: boolean | undefined;
  readonly focus_mode?: 'relaxed' | 'normal' | 'strict' | undefined;
}

/** Name of a documented preference. */
export type PreferenceName = keyof Preferences;

/** Body of `PUT /api/user/preferences`: partial, absent keys keep their value. */
export type PreferencesRequest = Preferences;

/** 200 of `PUT /api/user/preferences`. */
export interface PreferencesResponse {
  readonly success: true;
  readonly message: string;
  /** The preferences as they are now. */
  readonly updated_preferences: Readonly<Record<string, unknown>>;
}

/** 200 of `GET /api/user/data`. Days and weeks run in the user's time zone. */
export interface UserDataResponse {
  readonly userId: string;
  readonly username: string;
  readonly email: string | null;
  readonly timezone: string;
  /** Ours: minutes / 25 to one decimal. */
  readonly points: { readonly total: number; readonly today: number; readonly this_week: number; readonly this_month: number };
  readonly streaks: {
    readonly current: number;
    readonly longest: number;
    readonly days_active_this_week: number;
    readonly days_active_this_month: number;
  };
  readonly badges: readonly unknown[];
  /** Values are read defensively: a server may hold others than we know. */
  readonly preferences: Readonly<Record<string, unknown>>;
  readonly session_stats: {
    readonly total_sessions: number;
    readonly total_minutes: number;
    readonly average_session_length: number;
    /** Hour of the day, 0 to 23; null without sessions. */
    readonly most_productive_hour: number | null;
    readonly favorite_category: string | null;
  };
}

/** Query of `GET /api/analytics/tracking`. */
export interface AnalyticsQuery {
  /** 1 to 366; default 30. */
  readonly days?: number | undefined;
}

/** 200 of `GET /api/analytics/tracking` (shape ours). */
export interface AnalyticsResponse {
  readonly range: { readonly from: string; readonly to: string; readonly timezone: string };
  readonly totals: { readonly sessions: number; readonly minutes: number; readonly cancelled: number };
  readonly by_day: readonly { readonly date: string; readonly sessions: number; readonly minutes: number }[];
  readonly by_device: readonly { readonly device_type: string; readonly sessions: number; readonly minutes: number }[];
  readonly by_category: readonly { readonly category: string; readonly sessions: number; readonly minutes: number }[];
  /** 24 numbers: minutes that fell into each hour of the day, in the user's time zone. */
  readonly by_hour: readonly number[];
}

/* @__NO_SIDE_EFFECTS__ */
function preferencesShape(): ShapeOf<Preferences> {
  return {
    daily_goal: z.optional(whole(1, 20)),
    default_duration: z.optional(whole(5, 120)),
    short_break_duration: z.optional(whole(1, 30)),
    long_break_duration: z.optional(whole(5, 60)),
    notification_sound: z.optional(z.enum(['chime', 'bell', 'soft', 'none'])),
    theme_preference: z.optional(z.enum(['light', 'dark', 'auto'])),
    timezone: z.optional(timezone()),
    public_leaderboard: z.optional(z.boolean()),
    email_notifications: z.optional(z.boolean()),
    slack_notifications: z.optional(z.boolean()),
    auto_start_breaks: z.optional(z.boolean()),
    focus_mode: z.optional(z.enum(['relaxed', 'normal', 'strict'])),
  };
}

/* @__NO_SIDE_EFFECTS__ */
function timezone(): z.ZodMiniString<string> {
  return text(LIMITS.timezoneChars, 1).check(
    z.check<string>((context) => {
      if (isTimeZone(context.value)) return;
      context.issues.push({ code: 'custom', message: 'must be an IANA time zone', input: context.value });
    }),
  );
}

/** Schema of {@link PreferencesRequest}. */
export const preferencesRequest: Schema<PreferencesRequest> = closed<PreferencesRequest>(preferencesShape());

/** Schema of {@link PreferencesResponse}. */
export const preferencesResponse: Schema<PreferencesResponse> = open<PreferencesResponse>({
  success: z.literal(true),
  message: z.string(),
  updated_preferences: z.record(z.string(), z.unknown()),
});

/** Schema of {@link UserDataResponse}. */
export const userDataResponse: Schema<UserDataResponse> = open<UserDataResponse>({
  userId: z.string(),
  username: z.string(),
  email: z.nullable(z.string()),
  timezone: z.string(),
  points: open<UserDataResponse['points']>({
    total: z.number(), today: z.number(), this_week: z.number(), this_month: z.number(),
  }),
  streaks: open<UserDataResponse['streaks']>({
    current: z.number(), longest: z.number(), days_active_this_week: z.number(), days_active_this_month: z.number(),
  }),
  badges: z.array(z.unknown()),
  preferences: z.record(z.string(), z.unknown()),
  session_stats: open<UserDataResponse['session_stats']>({
    total_sessions: z.number(),
    total_minutes: z.number(),
    average_session_length: z.number(),
    most_productive_hour: z.nullable(z.number()),
    favorite_category: z.nullable(z.string()),
  }),
});

/** Schema of {@link AnalyticsQuery}. */
export const analyticsQuery: Schema<AnalyticsQuery> = closed<AnalyticsQuery>({
  days: z.optional(queryWhole(1, LIMITS.analyticsDaysMax)),
});

/** Schema of {@link AnalyticsResponse}. */
export const analyticsResponse: Schema<AnalyticsResponse> = open<AnalyticsResponse>({
  range: open<AnalyticsResponse['range']>({ from: z.string(), to: z.string(), timezone: z.string() }),
  totals: open<AnalyticsResponse['totals']>({ sessions: z.number(), minutes: z.number(), cancelled: z.number() }),
  by_day: z.array(open<AnalyticsResponse['by_day'][number]>({ date: z.string(), sessions: z.number(), minutes: z.number() })),
  by_device: z.array(
    open<AnalyticsResponse['by_device'][number]>({ device_type: z.string(), sessions: z.number(), minutes: z.number() }),
  ),
  by_category: z.array(
    open<AnalyticsResponse['by_category'][number]>({ category: z.string(), sessions: z.number(), minutes: z.number() }),
  ),
  by_hour: z.array(z.number()).check(z.length(24)),
});
