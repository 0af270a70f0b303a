import * as functions from '../../../functions/src/index.ts'
import { FUNCTIONS } from '../../../infra/resources/deployed-functions.ts'
import { expect, test } from 'vitest'

/** What firebase-functions tells a deployment of a function. */
interface Endpoint {
  /** An expression, in which a deployment puts the project. */
  readonly serviceAccountEmail: { readonly toCEL: () => string }
  readonly secretEnvironmentVariables: readonly { readonly key: string }[]
  readonly httpsTrigger?: object
  readonly taskQueueTrigger?: { readonly invoker?: readonly string[] }
  readonly scheduleTrigger?: object
}

const endpoints = Object.entries(functions as Record<string, { __endpoint: Endpoint }>).map(
  ([name, { __endpoint: endpoint }]) => [name, endpoint] as const,
)

const caller = ({ httpsTrigger, taskQueueTrigger }: Endpoint) =>
  httpsTrigger ? 'everybody' : taskQueueTrigger ? 'tasks' : 'a schedule'

test('the deployment knows each function, who calls it, its account and its secrets', () => {
  const described = endpoints.map(([name, endpoint]) => {
    const account = /^holdfast-(\w+)@/.exec(endpoint.serviceAccountEmail.toCEL())?.[1]
    const secrets = endpoint.secretEnvironmentVariables.map(({ key }) => key)
    return [name, { account, calledBy: caller(endpoint), secrets }]
  })
  const wanted = Object.entries(FUNCTIONS).map(([name, { account, calledBy, secrets }]) => [name, { account, calledBy, secrets }])
  expect(Object.fromEntries(described)).toEqual(Object.fromEntries(wanted))
})

test('no function for tasks says who may call it: that would replace whom the deployment lets in, at each change of it', () => {
  expect(endpoints.filter(([, { taskQueueTrigger }]) => taskQueueTrigger?.invoker !== undefined)).toEqual([])
})
