import { addressOf, apiServiceRead } from '../resources/api-service.ts'
import { listAt, textAt } from '../resources/fields.ts'
import type { Target } from '../resources/target.ts'
import type { Check } from './check.ts'

/** Whether the API as a server works. */
export const checksOfServer = (target: Target): readonly Check[] => [
  {
    name: 'the API as a server is ready',
    reads: [apiServiceRead(target)],
    problem: ([service]) => {
      if (service === null) return 'there is no service holdfast-api'
      const ready = listAt(service, 'status', 'conditions').find(({ type }) => type === 'Ready')
      return ready?.['status'] === 'True' ? null : (textAt(ready, 'message') ?? 'it is not ready')
    },
    mend: `gcloud logging read 'resource.labels.service_name="holdfast-api" AND severity>=ERROR' --limit=20 --project=${target.project}`,
  },
  // From outside nobody reaches the address of a service that is not public.
  ...(target.environment.api.access === 'public' ? [answersHealthy(target)] : []),
]

const answersHealthy = (target: Target): Check => ({
  name: 'the API as a server answers that it is healthy',
  reads: [
    apiServiceRead(target),
    ([service]) => {
      const address = addressOf(service)
      return address === undefined ? null : { url: `${address}/health` }
    },
  ],
  problem: ([, health]) => {
    const status = textAt(health, 'status')
    return status === 'healthy' ? null : `GET /health says ${status ?? 'nothing'}`
  },
  mend: 'docs/RUNBOOK.md says what each problem of GET /health means.',
})
