import { expect, test } from 'vitest'
import { findProgram } from '../../support/find-program.ts'
import { type Fields, PROJECT, REGION } from '../../support/google-recorder/world.ts'
import { DeployedWorld } from './deployed-world.ts'

const gcloud = findProgram('gcloud')
const isPossible = gcloud !== null && findProgram('openssl') !== null

const ROOT = `/compute/v1/projects/${PROJECT}`
const HOST = 'compute.googleapis.com'
const INGRESS = 'run.googleapis.com/ingress'

/** A load balancer as `npm run prove -- deploy` sees it made: the name of each part, and the part that it names. */
const PARTS: readonly (readonly [place: string, uses: string | null])[] = [
  ['global/addresses', null],
  [`regions/${REGION}/networkEndpointGroups`, null],
  ['global/backendServices', `regions/${REGION}/networkEndpointGroups`],
  ['global/urlMaps', 'global/backendServices'],
  ['global/sslPolicies', null],
  ['global/targetHttpsProxies', 'global/urlMaps'],
  ['global/forwardingRules', 'global/targetHttpsProxies'],
]

test.skipIf(!isPossible)(
  'the real gcloud opens an API that is public again, and takes its load balancer away without breaking a link',
  { timeout: 180_000 },
  async () => {
    const world = await DeployedWorld.open({ gcloud: gcloud ?? '', environment: { api: { access: 'public' } } })
    const { things, enabled } = world.recorder.world
    try {
      for (const service of ['run', 'compute']) enabled.add(`${service}.googleapis.com`)
      for (const [place, uses] of PARTS) {
        const link = uses === null ? {} : { uses: `https://www.googleapis.com${ROOT}/${uses}/holdfast-api` }
        things.set(`${HOST}${ROOT}/${place}/holdfast-api`, { name: 'holdfast-api', ...link })
      }
      things.set('run:services/api', service('api'))

      const removed = await world.infra('apply', { words: ['--only', 'load balancer'] })
      expect(removed, removed.told).toMatchObject({ code: 0, result: { changed: 1, failed: 0 } })
      expect([...things.keys()].filter((key) => key.startsWith(`${HOST}${ROOT}`) && key.endsWith('/holdfast-api'))).toEqual([])

      const opened = await world.infra('apply', { words: ['--only', 'ingress'] })
      expect(opened, opened.told).toMatchObject({ code: 0, result: { changed: 1, failed: 0 } })
      expect(things.get('run:services/api')).toMatchObject({ metadata: { annotations: { [INGRESS]: 'all' } } })
    } finally {
      await world.close()
    }
  },
)

const service = (name: string): Fields => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name, namespace: PROJECT, annotations: { [INGRESS]: 'internal' } },
  spec: { template: { metadata: {}, spec: { containers: [{ image: 'an-image' }] } } },
})
