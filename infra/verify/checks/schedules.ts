import { FUNCTIONS } from '../../resources/deployed-functions.ts'
import { at, lastOf, listAt, textAt } from '../../resources/fields.ts'
import { type LiveCheck, type Problem, verdictOf } from '../live-check.ts'

/** Two turns of the sweep, and a moment. */
const LIMIT_MS = 150_000

/** The sweep runs each minute. Others may be a day away, so that only their being on is looked at. */
export const schedules: LiveCheck = {
  name: 'schedules: they fire',
  proves: 'the schedule of the sweep fires while this waits, and succeeds; the others are on',
  seconds: 90,
  usd: 0,
  run: async ({ target, read, until }) => {
    const { project, region } = target
    const url = `https://cloudscheduler.googleapis.com/v1/projects/${project}/locations/${region}/jobs?pageSize=500`
    const jobOf = async (name: string) =>
      listAt(await read({ url }), 'jobs').find(
        (job) => lastOf(textAt(job, 'name') ?? '') === `firebase-schedule-${name}-${region}`,
      )
    const problems: Problem[] = []
    for (const name of Object.keys(FUNCTIONS).filter((one) => FUNCTIONS[one]?.calledBy === 'a schedule')) {
      const state = textAt(await jobOf(name), 'state') ?? 'missing'
      if (state !== 'ENABLED')
        problems.push({ what: `the schedule of ${name} is ${state}`, mend: resumeOf(name, project, region) })
    }
    if (problems.length > 0) return verdictOf({}, ...problems)
    const before = textAt(await jobOf('sweep'), 'lastAttemptTime')
    const begun = performance.now()
    const fired = await until('the schedule of the sweep to fire', LIMIT_MS, async () => {
      const job = await jobOf('sweep')
      return textAt(job, 'lastAttemptTime') === before ? null : (job ?? null)
    })
    const code = Number(at(fired, 'status', 'code') ?? 0)
    const failed = {
      what: `the sweep fired, and failed with code ${code} of gRPC`,
      mend: 'docs/RUNBOOK.md, "The sweep does not run". Code 7 is a missing right: npm run infra -- apply.',
    }
    return verdictOf({ 'fired after s': Math.round((performance.now() - begun) / 1000) }, code === 0 ? null : failed)
  },
}

const resumeOf = (name: string, project: string, region: string): string =>
  `gcloud scheduler jobs resume firebase-schedule-${name}-${region} --location=${region} --project=${project}; npm run infra -- apply makes a missing one.`
