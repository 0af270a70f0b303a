import { expect, test } from 'vitest'
import { z } from 'zod'
import { messageOf } from './errors.ts'
import { readSettings } from './settings.ts'
import { tasksOf, tasksSettings } from './tasks-settings.ts'

const read = (environment: Record<string, string>) =>
  tasksOf({ GOOGLE_CLOUD_PROJECT: 'project', ...readSettings(z.object(tasksSettings), environment) })

const complaint = (environment: Record<string, string>): string => {
  try {
    read(environment)
    return 'nothing'
  } catch (error) {
    return messageOf(error)
  }
}

test('everything follows from the project and the region', () => {
  expect(read({})).toEqual({
    projectId: 'project',
    region: 'us-central1',
    functionsUrl: 'https://us-central1-project.cloudfunctions.net',
    serviceAccount: 'holdfast-invoker@project.iam.gserviceaccount.com',
    emulator: null,
  })
  expect(read({ FUNCTIONS_REGION: 'southamerica-east1' }).functionsUrl).toBe(
    'https://southamerica-east1-project.cloudfunctions.net',
  )
})

test('functions elsewhere have a URL and an account of their own', () => {
  const environment = {
    FUNCTIONS_URL: 'https://functions.example.com/base/',
    TASKS_SERVICE_ACCOUNT: 'caller@project.iam.gserviceaccount.com',
    CLOUD_TASKS_EMULATOR_HOST: '127.0.0.1:8123',
  }
  expect(read(environment)).toMatchObject({
    functionsUrl: 'https://functions.example.com/base',
    serviceAccount: 'caller@project.iam.gserviceaccount.com',
    emulator: '127.0.0.1:8123',
  })
})

test.each([
  ['TASK_QUEUE', 'firestore'],
  ['FUNCTIONS_REGION', 'Iowa'],
  ['FUNCTIONS_URL', 'functions.example.com'],
  ['FUNCTIONS_URL', 'ftp://example.com'],
  ['TASKS_SERVICE_ACCOUNT', 'caller'],
  ['CLOUD_TASKS_EMULATOR_HOST', 'http://127.0.0.1:8123'],
])('%s=%s is refused', (name, value) => {
  expect(complaint({ [name]: value })).toContain(`${name}: must be`)
})
