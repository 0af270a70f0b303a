import { z } from 'zod'

/** PERSISTED CONTRACT v1: the last clean-up of a session. */
export const lastCleanUpSchema = z.object({
  /** ms */
  atMs: z.number(),
  /** Records that went to the archive, and those that counted afterwards. */
  moved: z.number().int().nonnegative(),
  left: z.number().int().nonnegative(),
})

/** PERSISTED CONTRACT v1: how many Signal records a session has, in its runner's heartbeat and in its document. */
export const recordCountsSchema = z.object({
  /** By kind, without those that are protected. */
  counted: z.record(z.string(), z.number().int().nonnegative()),
  /** Records that clean-up never touches, also pre-keys that the server still offers. */
  protected: z.number().int().nonnegative(),
  /** Records that a clean-up would move to the archive, and those that lie there. Absent on runners of an earlier version, as all below. */
  removable: z.number().int().nonnegative().optional(),
  archived: z.number().int().nonnegative().optional(),
  /** Contacts whose LID is known. */
  lidMappings: z.number().int().nonnegative().optional(),
  /** Absent while nobody cleaned up. */
  lastCleanUp: lastCleanUpSchema.optional(),
  /** Counted records that it gains in a day. Absent while too few days are known. */
  growthPerDay: z.number().optional(),
})

export type RecordCounts = z.infer<typeof recordCountsSchema>

export const countedTotal = ({ counted }: RecordCounts): number => Object.values(counted).reduce((sum, number) => sum + number, 0)
