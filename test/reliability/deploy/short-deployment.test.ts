import { expect, test } from 'vitest'
import { findProgram } from '../../support/find-program.ts'
import { PROJECT } from '../../support/google-recorder/world.ts'
import { DeployedWorld } from './deployed-world.ts'
import { Strikes } from './strikes.ts'

/** A new project has the service of these already, so that they need nothing else. */
const METRICS = { words: ['--only', 'metric'] }
const FENCES = `logging.googleapis.com/v2/projects/${PROJECT}/metrics/holdfast_fences`

const gcloud = findProgram('gcloud')
const openssl = findProgram('openssl')

// The whole of it, with everything that a deployment has, is `npm run prove -- deploy`.
test.skipIf(gcloud === null || openssl === null)(
  'the real gcloud is killed at each change and run again, a further run changes nothing, and a change by hand is taken back',
  { timeout: 180_000 },
  async () => {
    const strikes = new Strikes()
    const world = await DeployedWorld.open({ gcloud: gcloud ?? '', strikes })
    const { recorder } = world
    try {
      expect(await world.infra('plan')).toMatchObject({ code: 2 })
      expect(recorder.changesSince(0)).toEqual([])

      expect(await world.infra('apply', METRICS)).toMatchObject({ code: 1, result: { changed: 0, failed: 5 } })
      expect(strikes.count).toBe(5)
      expect(await world.infra('apply', METRICS)).toMatchObject({ code: 0 })

      const before = recorder.requests.length
      expect(await world.infra('apply', METRICS)).toMatchObject({ code: 0, result: { changed: 0, failed: 0 } })
      expect(recorder.changesSince(before)).toEqual([])

      recorder.world.things.delete(FENCES)
      expect(await world.infra('apply', METRICS)).toMatchObject({ code: 0, result: { changed: 1, failed: 0 } })
      expect(recorder.world.things.has(FENCES)).toBe(true)
    } finally {
      await world.close()
    }
  },
)
