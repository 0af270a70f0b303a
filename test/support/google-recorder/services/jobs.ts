import { type Answer, type Call, type Fields, notFound, now, ok, REGION, type World } from '../world.ts'

/** Jobs of Cloud Run and their executions, in Kubernetes' words. */

const PATH = /^\/apis\/run\.googleapis\.com\/v1\/namespaces\/[^/]+\/(jobs|executions)(?:\/([^/:]+))?(?::(\w+))?$/

/** Null for what is neither a job nor an execution. */
export function jobOrExecution(call: Call, world: World): Answer | null {
  const [, kind, name, verb] = PATH.exec(call.path) ?? []
  if (kind === undefined) return null
  if (verb === 'run') return execute(call, world, name ?? '')
  const key = (id: string) => `run:${kind}/${id}`
  if (name === undefined && call.method === 'GET') return list(call, world, kind)
  if (call.method === 'GET') {
    const found = world.things.get(key(name ?? ''))
    return found ? ok(found) : notFound(name ?? kind)
  }
  if (call.method === 'DELETE') return remove(world, kind, name ?? '')
  const metadata = call.body['metadata'] as Fields
  const job = {
    ...call.body,
    metadata: { ...described(world), ...metadata },
    status: { observedGeneration: 1, ...ready('Ready') },
  }
  world.things.set(key(name ?? String(metadata['name'])), job)
  return ok(job)
}

const described = (world: World) => ({
  generation: 1,
  resourceVersion: `v${world.serial()}`,
  creationTimestamp: now(),
  labels: { 'cloud.googleapis.com/location': REGION },
})

const ready = (type: string, status = 'True') => ({ conditions: [{ type, status, lastTransitionTime: now() }] })

const JOB = 'run.googleapis.com/job'

function list({ query }: Call, world: World, kind: string): Answer {
  const wanted = query.get('labelSelector')?.split('=')[1]
  const items = world
    .below(`run:${kind}/`)
    .filter(({ metadata }) => wanted === undefined || ((metadata as Fields)['labels'] as Fields)[JOB] === wanted)
  return ok({ kind: 'List', apiVersion: 'run.googleapis.com/v1', metadata: {}, items })
}

/** The executions of a job go with it. */
function remove(world: World, kind: string, name: string): Answer {
  if (!world.things.delete(`run:${kind}/${name}`)) return notFound(name)
  for (const key of world.things.keys()) if (key.startsWith(`run:executions/${name}-`)) world.things.delete(key)
  return ok({ status: 'Success' })
}

/** Begins an execution, which ends when the test's job does. */
function execute({ body }: Call, world: World, job: string): Answer {
  if (!world.things.has(`run:jobs/${job}`)) return notFound(job)
  const name = `${job}-${String(world.serial()).padStart(5, 'x')}`
  const metadata = { ...described(world), name, namespace: '123456789012', labels: { [JOB]: job } }
  const execution = { apiVersion: 'run.googleapis.com/v1', kind: 'Execution', metadata, spec: {} }
  const key = `run:executions/${name}`
  const show = (status: string) => world.things.set(key, { ...execution, status: ready('Completed', status) })
  show('Unknown')
  const overrides = ((body['overrides'] as Fields | undefined)?.['containerOverrides'] ?? []) as Fields[]
  const end = (succeeded: boolean) => void (world.things.has(key) && show(succeeded ? 'True' : 'False'))
  world.runJob((overrides[0]?.['args'] ?? []) as string[]).then(end, () => end(false))
  return ok(world.things.get(key))
}
