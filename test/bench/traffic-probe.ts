import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { answerParent } from '../../sandbox/parent-channel.ts'

// The sandbox preloads this module into the runner of the bench. It reports on request the bytes that the process has written to each
// port so far. All of its connections lead to this machine, so that a port names a server.
const open = new Set<Socket>()
const closed = new Map<number, number>()

const bytesOf = (totals: Map<number, number>, port: number, bytes: number): Map<number, number> =>
  totals.set(port, (totals.get(port) ?? 0) + bytes)

subscribe('net.client.socket', (message) => {
  const { socket } = message as { socket: Socket }
  let port = 0
  open.add(socket)
  socket.once('connect', () => (port = socket.remotePort ?? 0))
  socket.once('close', () => {
    open.delete(socket)
    bytesOf(closed, port, socket.bytesWritten)
  })
})

answerParent('bytes written', () => {
  const totals = new Map(closed)
  for (const socket of open) bytesOf(totals, socket.remotePort ?? 0, socket.bytesWritten)
  return Object.fromEntries(totals)
})
