import { at, listAt, textAt } from '../../resources/fields.ts'
import { databaseUrl } from '../../resources/database.ts'
import { type LiveCheck, type LiveContext, type Problem, verdictOf } from '../live-check.ts'

const HOUR_MS = 3_600_000

/** Google makes the daily backup at an hour of its own choice, and takes a while for it. */
const NEWEST_WITHIN_MS = 36 * HOUR_MS

const APPLY = 'npm run infra -- doctor names what differs, and npm run infra -- apply sets it.'

const TEXT = '"of a verification"'

/** What docs/BACKUP.md relies on, and no stand-in has: Google's own copies of the bucket and of the database. */
export const copies: LiveCheck = {
  name: 'copies: deleted and older',
  proves:
    'a deleted object comes back within its soft delete; the database keeps seven days of moments, and a daily backup of it is ready',
  seconds: 20,
  usd: 0,
  needs: ['prefix'],
  // What it deletes is kept, and paid for, for a week.
  asked: '--only copies',
  run: async (context) => {
    const [deleted, moments, backup] = [await bringBack(context), await momentsOf(context), await newestBackup(context)]
    return verdictOf({ 'newest backup of Firestore, hours': backup.hours }, deleted, moments, backup.problem)
  },
}

/** Deletes an object and restores it, as an operator does by `gcloud storage restore`. */
async function bringBack({ target, scratch, call }: LiveContext): Promise<Problem | null> {
  const name = encodeURIComponent(`${scratch.prefix}copies`)
  const objects = `https://storage.googleapis.com/storage/v1/b/${target.bucket}/o`
  const upload = `https://storage.googleapis.com/upload/storage/v1/b/${target.bucket}/o?uploadType=media&name=${name}`
  const made = await call({ url: `${upload}&ifGenerationMatch=0`, method: 'POST', body: TEXT }, 'runner')
  const generation = textAt(made.body, 'generation') ?? ''
  const mend = `${APPLY} gcloud storage restore gs://${target.bucket}/NAME#GENERATION says what is wrong.`
  const problem = (what: string): Problem => ({ what, mend })
  if (made.status !== 200) return problem(`an object could not be made: ${made.status}`)
  // With its generation: otherwise the bucket would keep it as an earlier version.
  const gone = await call({ url: `${objects}/${name}?generation=${generation}`, method: 'DELETE' }, 'caller')
  if (gone.status !== 204) return problem(`an object could not be deleted: ${gone.status}`)
  const restored = await call({ url: `${objects}/${name}/restore?generation=${generation}`, method: 'POST' }, 'caller')
  if (restored.status !== 200) return problem(`a deleted object does not come back: ${restored.status}`)
  const read = await call({ url: `${objects}/${name}?alt=media` }, 'runner')
  return read.status === 200 && read.body === JSON.parse(TEXT) ? null : problem('an object came back with other bytes')
}

async function momentsOf({ target, read }: LiveContext): Promise<Problem | null> {
  const found = at(await read({ url: databaseUrl(target.project) }), 'pointInTimeRecoveryEnablement')
  if (found === 'POINT_IN_TIME_RECOVERY_ENABLED') return null
  return { what: 'the database keeps no earlier moments', mend: APPLY }
}

async function newestBackup({ target: { project, region }, read }: LiveContext) {
  const answer = await read({ url: `https://firestore.googleapis.com/v1/projects/${project}/locations/${region}/backups` })
  const ready = listAt(answer, 'backups').filter((backup) => textAt(backup, 'state') === 'READY')
  const newestMs = Math.max(0, ...ready.map((backup) => Date.parse(textAt(backup, 'snapshotTime') ?? '') || 0))
  const ageMs = new Date().getTime() - newestMs
  const hours = newestMs === 0 ? 'none' : Math.floor(ageMs / HOUR_MS)
  const isYoung = ageMs <= NEWEST_WITHIN_MS
  const mend = `${APPLY} A new deployment has its first one after a day: gcloud firestore backups list --location=${region} --project=${project}`
  return { hours, problem: isYoung ? null : { what: 'no backup of the database is younger than a day and a half', mend } }
}
