import { z } from 'zod'
import { dayOf } from '../platform/days.ts'
import type { DocumentSnapshot } from '../platform/ports.ts'
import { FLEET_HISTORY } from './fleet-history-document.ts'

/**
 * PERSISTED CONTRACT v1: `fleet_history/{YYYY-MM}`, for how long sessions had no connection in a month (UTC) while they should have had
 * one. Only sessions that were down are in it, and the document is written only while one is. New versions only add optional fields.
 */
export const downTimesPath = (month: string): string => `${FLEET_HISTORY}/${month}`

const downTimesSchema = z.object({
  v: z.literal(1),
  month: z.string(),
  /** Milliseconds, by session. */
  down: z.record(z.string(), z.number().nonnegative()).catch({}).default({}),
})

/** Milliseconds for which sessions were down, by session. */
export type DownTimes = Readonly<Record<string, number>>

/** None without a document, or when it is damaged: it holds figures only. */
export const downTimesOf = (snapshot: DocumentSnapshot | null): DownTimes =>
  downTimesSchema.safeParse(snapshot?.fields).data?.down ?? {}

/** A month of UTC as YYYY-MM. */
export const monthOf = (atMs: number): string => dayOf(atMs, 'Etc/UTC').slice(0, 7)
