import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'

// The parts of firebase-tools' schema of firebase.json that the file uses (15.34.2). The schema itself comes with firebase-tools only.
const port = z.strictObject({ port: z.int(), host: z.string().optional() })
const commands = z.array(z.string())

const functions = z.strictObject({
  source: z.string(),
  codebase: z.string().optional(),
  runtime: z.enum(['nodejs20', 'nodejs22', 'nodejs24']),
  disallowLegacyRuntimeConfig: z.boolean().optional(),
  configDir: z.string().optional(),
  ignore: z.array(z.string()).optional(),
  predeploy: commands.optional(),
  postdeploy: commands.optional(),
})

const firebaseFile = z.strictObject({
  $schema: z.url(),
  functions: z.array(functions),
  firestore: z.strictObject({ rules: z.string(), indexes: z.string() }),
  emulators: z.strictObject({
    functions: port,
    firestore: port,
    storage: port,
    ui: z.strictObject({ enabled: z.boolean() }),
    singleProjectMode: z.boolean(),
  }),
})

const field = z.strictObject({ fieldPath: z.string(), order: z.enum(['ASCENDING', 'DESCENDING']) })

const indexFile = z.strictObject({
  indexes: z.array(
    z.strictObject({
      collectionGroup: z.string(),
      queryScope: z.enum(['COLLECTION', 'COLLECTION_GROUP']),
      fields: z.array(field).min(2),
    }),
  ),
  fieldOverrides: z.array(
    z.strictObject({
      collectionGroup: z.string(),
      fieldPath: z.string(),
      ttl: z.boolean().optional(),
      indexes: z.array(z.unknown()),
    }),
  ),
})

const json = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8'))

test('firebase.json has what firebase-tools know, and nothing else', () => {
  expect(firebaseFile.safeParse(json('firebase.json')).error).toBeUndefined()
})

test('firestore.indexes.json has what firebase-tools know, and no index twice', () => {
  const { data, error } = indexFile.safeParse(json('firestore.indexes.json'))
  expect(error).toBeUndefined()
  const named = data?.indexes.map((index) => JSON.stringify(index)) ?? []
  expect(new Set(named).size).toBe(named.length)
})

test('the functions are deployed from what the build makes, by the Node that they are tested with', () => {
  const file = firebaseFile.parse(json('firebase.json'))
  expect(file.functions).toMatchObject([
    {
      source: 'infra/build/functions',
      runtime: 'nodejs24',
      codebase: 'holdfast',
      configDir: 'infra/build/variables',
      predeploy: ['npm run build -- functions'],
    },
  ])
})
