import { createServer, type Server, type Socket } from 'node:net'

export interface Mail {
  /** By their names in small letters, with `envelope-to` for the recipients. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

interface Options {
  readonly trouble: () => 'down' | 'refuses' | 'hangs' | null
  readonly onMail: (mail: Mail) => void
}

/** Speaks as much of SMTP as a mail of plain text needs. */
export function startMailServer(options: Options): Server {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    converse(socket, options)
  })
  server.on('end-connections', () => {
    for (const socket of sockets) socket.destroy()
  })
  return server
}

const END_OF_MAIL = '\r\n.\r\n'

function converse(socket: Socket, { trouble, onMail }: Options): void {
  let pending = ''
  let isData = false
  const recipients: string[] = []
  const say = (line: string): void => void socket.write(`${line}\r\n`)
  if (trouble() !== 'hangs') say('220 sandbox ESMTP')
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    pending += chunk
    for (;;) {
      const end = pending.indexOf(isData ? END_OF_MAIL : '\r\n')
      if (end < 0) return
      const part = pending.slice(0, end)
      pending = pending.slice(end + (isData ? END_OF_MAIL.length : 2))
      if (isData) {
        isData = false
        onMail(mailOf(part, recipients.splice(0)))
        say('250 taken')
      } else isData = command(part)
    }
  })

  /** Answers a command. Returns whether the mail itself comes next. */
  function command(line: string): boolean {
    const word = line.slice(0, 4).toUpperCase()
    const failing = trouble()
    if (failing === 'hangs') return false
    if (word === 'RCPT') recipients.push(/<([^>]*)>/.exec(line)?.[1] ?? '')
    if (word === 'QUIT') {
      say('221 bye')
      socket.end()
    } else if (word === 'DATA') say('354 go on')
    else if (word === 'MAIL' && failing) say(failing === 'down' ? '451 try later' : '550 refused')
    else say('250 ok')
    return word === 'DATA'
  }
}

function mailOf(raw: string, recipients: readonly string[]): Mail {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const body = rest.join('\r\n\r\n').replaceAll(/^\.\./gm, '.')
  const isQuoted = headers['content-transfer-encoding'] === 'quoted-printable'
  return {
    headers: { ...headers, 'envelope-to': recipients.join(',') },
    text: (isQuoted ? unquoted(body) : body).replaceAll('\r\n', '\n').trimEnd(),
  }
}

function unquoted(text: string): string {
  const joined = text.replaceAll('=\r\n', '')
  const bytes = joined.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
