import { leaveAtOnceOnSignal } from '@holdfast/core/platform/signals'

// The entry of the image. The rest takes seconds to load, and the kernel drops a signal that process 1 of a container does not
// handle: without this a runner that is told to leave in its first seconds would stay, and be killed later with its sessions.
leaveAtOnceOnSignal()
await import('./main.ts')
