import { z } from 'zod'

/** PERSISTED CONTRACT v1: how many Signal records a session has, in its runner's heartbeat and in its document. */
export const recordCountsSchema = z.object({
  /** By kind, without those that are protected. */
  counted: z.record(z.string(), z.number().int().nonnegative()),
  /** Records that clean-up never touches, also pre-keys that the server still offers. */
  protected: z.number().int().nonnegative(),
})

export type RecordCounts = z.infer<typeof recordCountsSchema>

export const countedTotal = ({ counted }: RecordCounts): number => Object.values(counted).reduce((sum, number) => sum + number, 0)
