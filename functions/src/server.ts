import { leaveAtOnceOnSignal } from '@holdfast/core/platform/signals'

// The entry of the image. The rest takes a second to load, and the kernel drops a signal that process 1 of a container does not
// handle: without this a server that is told to leave in its first second would stay.
leaveAtOnceOnSignal()
await import('./server/main.ts')
