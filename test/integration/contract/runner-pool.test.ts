import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CloudRunPool } from '@holdfast/core/adapters/google/cloud-run'
import type { RUNNER_PLATFORMS } from '@holdfast/core/platform/fleet-settings'
import { Pool } from '../../../sandbox/google/run/pool.ts'
import { serveCloudRun } from '../../../sandbox/google/run/server.ts'

// What the product relies on of Cloud Run's admin API, with Google's own client. Also against a real pool where HOLDFAST_CONTRACT_RUN
// names one (`projects/P/locations/R/workerPools/N`), whose instances the test changes.

process.env['METADATA_SERVER_DETECTION'] = 'none'

const real = process.env['HOLDFAST_CONTRACT_RUN']?.split('/')

const NAMES = { 'worker-pool': 'workerPools', service: 'services' } as const

async function open(platform: (typeof RUNNER_PLATFORMS)[number]) {
  const happened: string[] = []
  if (real) {
    const [, projectId = '', , region = '', , name = ''] = real
    const client = new CloudRunPool({ projectId, region, platform, name, emulator: null })
    return { client, happened: null, pool: null, close: () => client.close() }
  }
  let started = 1
  const instances = {
    start: (revision: string) => {
      const name = `instance-${++started}`
      happened.push(`${name} of ${revision} starts`)
      return Promise.resolve(name)
    },
    stop: (name: string) => Promise.resolve(void happened.push(`${name} stops`)),
  }
  const pool = new Pool(instances, ['instance-1'])
  const server = await serveCloudRun(`projects/demo/locations/us-central1/${NAMES[platform]}/holdfast-runner`, pool, 0)
  const at = { projectId: 'demo', region: 'us-central1', platform, name: 'holdfast-runner', emulator: `127.0.0.1:${server.port}` }
  const client = new CloudRunPool(at)
  const close = async () => {
    await client.close()
    server.close()
  }
  return { client, happened, pool, close, at }
}

describe.each(real ? (['worker-pool'] as const) : (['worker-pool', 'service'] as const))(
  'a %s',
  { timeout: 60_000 },
  (platform) => {
    let under: Awaited<ReturnType<typeof open>>

    beforeEach(async () => {
      under = await open(platform)
    })

    afterEach(() => under.close())

    test('has as many instances as it is told, without a new revision', async () => {
      const before = await under.client.read()
      await under.client.resize(before.instances + 2)
      await under.pool?.settled()
      expect((await under.client.read()).instances).toBe(before.instances + 2)
      await under.client.resize(before.instances)
      await under.pool?.settled()
      expect((await under.client.read()).instances).toBe(before.instances)
      if (!under.happened) return
      expect(under.happened.filter((line) => line.endsWith('starts'))).toEqual([
        'instance-2 of holdfast-runner-00001 starts',
        'instance-3 of holdfast-runner-00001 starts',
      ])
      expect(under.happened.filter((line) => line.endsWith('stops'))).toHaveLength(2)
    })

    test('is renewed: instances of another revision start before the others stop', async () => {
      if (!under.happened) return
      const requestedAt = new Date()
      await under.client.restart(requestedAt)
      await under.pool?.settled()
      expect(under.happened).toEqual(['instance-2 of holdfast-runner-00002 starts', 'instance-1 stops'])
      await under.client.restart(requestedAt)
      await under.pool?.settled()
      expect(under.happened).toHaveLength(2)
    })

    test('is not renewed from what somebody has changed meanwhile', async () => {
      if (!under.pool) return
      const { pool } = under
      const read = vi.spyOn(pool, 'template', 'get').mockImplementationOnce(() => {
        pool.renew({ containers: [{ image: 'new' }] })
        return {}
      })
      await expect(under.client.restart(new Date())).rejects.toMatchObject({ code: 'unavailable' })
      read.mockRestore()
      expect(pool.template).toEqual({ containers: [{ image: 'new' }] })
    })

    test('that does not exist is an error with advice', async () => {
      if (!under.at) return
      const other = new CloudRunPool({ ...under.at, name: 'nobody' })
      await expect(other.read()).rejects.toMatchObject({ code: 'store-missing', advice: expect.stringContaining('FLEET_NAME') })
      await expect(other.resize(3)).rejects.toMatchObject({ code: 'store-missing' })
      await other.close()
    })
  },
)
