import type { SessionAnswer } from './session-answer.ts'

/** A session in WAHA's form: the same facts once more, where its clients look for them. */
export const shownSession = (session: SessionAnswer) => ({
  ...session,
  engine: { engine: 'NOWEB' as const },
  presence: null,
  timestamps: { activity: (session.lastInboundAt ?? session.lastProofOfLifeAt)?.getTime() ?? null },
  assignedWorker: session.owner.runnerId,
  apps: [],
})
