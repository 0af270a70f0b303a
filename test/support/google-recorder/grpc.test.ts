import { expect, test } from 'vitest'
import { answerGrpc } from './grpc.ts'
import { field, fieldsIn, messageAt } from './protobuf.ts'
import { World } from './world.ts'

const NAME = 'projects/demo-holdfast/locations/us-central1/workerPools/holdfast-runner'
const KEY = 'run:workerpools/holdfast-runner'
const NOT_FOUND = 5

const framed = (message: Buffer) => Buffer.concat([Buffer.alloc(5), message])
const named = framed(field(1, Buffer.from(NAME)))

const worldWithPool = () => {
  const world = new World()
  world.things.set(KEY, { metadata: { annotations: { 'run.googleapis.com/manualInstanceCount': '1', other: 'x' } }, spec: {} })
  return world
}

test('the number of instances can be set, and the rest of the pool stays', () => {
  const world = worldWithPool()
  const pool = Buffer.concat([field(1, Buffer.from(NAME)), field(20, field(6, 3))])
  expect(answerGrpc('/WorkerPools/UpdateWorkerPool', framed(field(1, pool)), world)).toMatchObject({ code: 0 })
  const annotations = { 'run.googleapis.com/manualInstanceCount': '3', other: 'x' }
  expect(world.things.get(KEY)).toEqual({ metadata: { annotations }, spec: {} })
  const { message = Buffer.alloc(0) } = answerGrpc('/WorkerPools/GetWorkerPool', named, world)
  expect(messageAt(message, 1).toString()).toBe(NAME)
  expect(fieldsIn(messageAt(message, 20))).toEqual([{ number: 6, value: 3 }])
})

test('a pool is deleted once, and is gone then', () => {
  const world = worldWithPool()
  expect(answerGrpc('/WorkerPools/DeleteWorkerPool', named, world)).toMatchObject({ code: 0 })
  expect(answerGrpc('/WorkerPools/DeleteWorkerPool', named, world)).toEqual({ code: NOT_FOUND })
  expect(answerGrpc('/WorkerPools/GetWorkerPool', named, world)).toEqual({ code: NOT_FOUND })
})
