import { EventEmitter } from 'node:events'

/** Tells the parts of a process that its wall clock was set, see `clock/shift-clock.ts`. Timers do not move with it. */
export const clockMoves = new EventEmitter<{ moved: [] }>()
