import { expect } from 'vitest'
import { RECEIVERS, type Receivers } from '../../sandbox/notifications/receivers.ts'
import { type EngineWorld, eventually } from './engine-world.ts'

const WITHIN_MS = 60_000
const SWEEP_EVERY_MS = 1000

/** The headlines of each receiver that have this in them. */
export const headlines = (receivers: Receivers, about: string) =>
  RECEIVERS.map((name) => {
    const heads = receivers.of(name).map(({ text }) => text.split('\n')[0] ?? '')
    return [name, heads.filter((line) => line.includes(about))]
  })

export const onAll = (...lines: readonly unknown[]) => RECEIVERS.map((name) => [name, lines])

/** Sweeps, as each minute does, until each receiver has got these headlines, and no others about it. */
export const untilTold = (world: EngineWorld, receivers: Receivers, about: string, ...lines: readonly unknown[]) =>
  eventually(
    async () => {
      await world.sandbox.fireSchedule('sweep')
      expect(headlines(receivers, about)).toEqual(onAll(...lines))
    },
    WITHIN_MS,
    SWEEP_EVERY_MS,
  )
