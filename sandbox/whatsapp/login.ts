// Logins: which are allowed, which fail on order, and that the newest one wins.
import type { proto } from '@whiskeysockets/baileys'
import { lidAttr } from './names.ts'
import type { Connection } from './connection.ts'
import { loginFailure, streamError } from './farewells.ts'
import type { LinkedDevice } from './linked-device.ts'
import type { Services } from './services.ts'
import { SERVER, timestamp } from './stanzas.ts'
import type { Account } from './account.ts'

const UNLINKED = 401

/** The phone removes a companion: its connection hears of it, and its keys become worthless. */
export const unlink = (account: Account, device: LinkedDevice, connection: Connection | undefined): void => {
  account.companions.delete(device.device)
  connection?.endWith(streamError({ conflict: 'device_removed' }))
}

type LoggedIn = { account: Account; device: LinkedDevice }

export class Login {
  readonly #services: Services
  readonly #connections = new Map<LinkedDevice, Connection>()

  constructor(services: Services) {
    this.#services = services
  }

  connectionOf(device: LinkedDevice): Connection | undefined {
    return this.#connections.get(device)
  }

  /** Returns the login, if it is accepted. */
  attempt(connection: Connection, noiseKey: Buffer, payload: proto.ClientPayload): LoggedIn | undefined {
    const jid = `${String(payload.username)}:${payload.device}@${SERVER}`
    const account = this.#services.world.accounts.get(String(payload.username))
    const device = account?.companions.get(payload.device ?? 0)
    if (!account || !device) return this.#refuse(connection, jid, UNLINKED, 'not linked')
    if (!device.noiseKey.equals(noiseKey)) {
      this.#services.violations.record('login-with-wrong-key', `${jid}: the connection's key is not the one that was linked`)
      return this.#refuse(connection, jid, UNLINKED, 'wrong key')
    }
    const failure = this.#services.faults.takeLoginFailure(account.phone)
    if (failure !== undefined) {
      // For a client this code means that it is no longer linked, so it must be true.
      if (failure.code === UNLINKED) unlink(account, device, undefined)
      return this.#refuse(connection, jid, failure.code, 'ordered', failure.attrs)
    }
    if (!this.#services.faults.takeRefusal(account.phone)) return this.#accept(connection, account, device)
    connection.drop()
    return undefined
  }

  closed(connection: Connection): void {
    const { device } = connection
    if (!device) return
    device.queue.logout(connection)
    if (this.#connections.get(device) === connection) this.#connections.delete(device)
  }

  #accept(connection: Connection, account: Account, device: LinkedDevice): LoggedIn {
    this.#connections.get(device)?.replace()
    this.#connections.set(device, connection)
    connection.device = device
    device.logins++
    account.logins++
    device.preKeysArrived()
    device.queue.login(connection)
    connection.send({
      tag: 'success',
      attrs: { t: timestamp(), ...lidAttr('lid', device.names), props: '1', creation: timestamp(), display_name: account.name },
    })
    const { id, client } = connection
    this.#services.happenings.tell('login', { phone: account.phone, connection: id, client, logins: account.logins })
    const deafness = this.#services.faults.takeDeafness(account.phone)
    if (deafness) connection.deafen(deafness)
    return { account, device }
  }

  #refuse(connection: Connection, jid: string, code: number, why: string, attrs?: Record<string, string>): undefined {
    this.#services.happenings.tell('login-refused', { jid, code, why })
    connection.endWith(loginFailure(code, attrs))
  }
}
