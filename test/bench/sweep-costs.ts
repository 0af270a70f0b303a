import { costOfSweep } from './sweep-in-memory.ts'

type Cost = Awaited<ReturnType<typeof costOfSweep>>

/** Counts what a run of the sweep costs, by what it grows with: a run, each runner, each 1,000 sessions. On documents in memory. */
export async function measureSweep(): Promise<{ perRun: Cost; perRunner: Cost; perThousandSessions: Cost }> {
  const one = await costOfSweep({ sessions: 1000, runners: 1 })
  const perRunner = less(await costOfSweep({ sessions: 1000, runners: 2 }), one)
  const perThousandSessions = less(await costOfSweep({ sessions: 2000, runners: 1 }), one)
  return { perRun: less(less(one, perRunner), perThousandSessions), perRunner, perThousandSessions }
}

const less = (all: Cost, some: Cost): Cost => ({ reads: all.reads - some.reads, writes: all.writes - some.writes })
